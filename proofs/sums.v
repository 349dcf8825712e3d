(** Sums from 1 to n, and what is needed of them: Cauchy-Schwarz, geometric sums, harmonic
    numbers. *)
From Coq Require Import Reals Lra Lia Psatz.
Open Scope R_scope.

(** f 1 + f 2 + ... + f n. *)
Fixpoint sum (f : nat -> R) (n : nat) : R :=
  match n with
  | O => 0
  | S k => sum f k + f (S k)
  end.

Notation "\sum_ ( i <= n ) e" := (sum (fun i => e) n)
  (at level 41, e at level 41, i name, format "\sum_ ( i  <=  n )  e") : R_scope.

(** ** Algebra *)

Lemma sum_S f n : sum f (S n) = sum f n + f (S n).
Proof. reflexivity. Qed.

Lemma sum_ext f h n : (forall i, (1 <= i <= n)%nat -> f i = h i) -> sum f n = sum h n.
Proof.
  induction n as [|n IH]; intros H; simpl; [reflexivity|].
  rewrite IH, H; [reflexivity| lia | intros; apply H; lia].
Qed.

Lemma sum_plus f h n : \sum_(i <= n) (f i + h i) = sum f n + sum h n.
Proof. induction n as [|n IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma sum_minus f h n : \sum_(i <= n) (f i - h i) = sum f n - sum h n.
Proof. induction n as [|n IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma sum_scale c f n : \sum_(i <= n) c * f i = c * sum f n.
Proof. induction n as [|n IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma sum_scale_r c f n : \sum_(i <= n) f i * c = sum f n * c.
Proof. induction n as [|n IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma sum_div c f n : \sum_(i <= n) f i / c = sum f n / c.
Proof. unfold Rdiv; apply sum_scale_r. Qed.

Lemma sum_const c n : \sum_(i <= n) c = INR n * c.
Proof. induction n as [|n IH]; [simpl; ring|]. rewrite sum_S, IH, S_INR; ring. Qed.

Lemma sum_zero n : \sum_(i <= n) 0 = 0.
Proof. rewrite sum_const; ring. Qed.

(** The first summand taken out, the others renumbered. *)
Lemma sum_first f n : sum f (S n) = f 1%nat + \sum_(i <= n) f (S i).
Proof.
  induction n as [|n IH]; [simpl; ring|].
  rewrite (sum_S f (S n)), IH, sum_S; ring.
Qed.

(** The order of the summands reversed. *)
Lemma sum_reverse f n : sum f n = \sum_(i <= n) f (n + 1 - i)%nat.
Proof.
  revert f; induction n as [|n IH]; intros f; [reflexivity|].
  rewrite sum_first, IH, sum_S, Rplus_comm.
  replace (S n + 1 - S n)%nat with 1%nat by lia. f_equal.
  apply sum_ext; intros; f_equal; lia.
Qed.

Lemma sum_swap (f : nat -> nat -> R) n p :
  \sum_(i <= n) (\sum_(j <= p) f i j) = \sum_(j <= p) (\sum_(i <= n) f i j).
Proof.
  induction n as [|n IH]; simpl.
  - symmetry; apply sum_zero.
  - rewrite IH, <- sum_plus; reflexivity.
Qed.

(** The sum over 1 <= j <= i <= n, in either order; with j fixed, i = j + k - 1. *)
Lemma sum_triangle (f : nat -> nat -> R) n :
  \sum_(i <= n) (\sum_(j <= i) f i j) = \sum_(j <= n) (\sum_(k <= n + 1 - j) f (j + k - 1)%nat j).
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite sum_S, IH, (sum_S (fun j => \sum_(k <= S n + 1 - j) _)), (sum_S (f (S n))), <- Rplus_assoc.
  f_equal.
  - rewrite <- sum_plus. apply sum_ext; intros j Hj.
    replace (S n + 1 - j)%nat with (S (n + 1 - j)) by lia.
    rewrite sum_S. do 2 f_equal; lia.
  - replace (S n + 1 - S n)%nat with 1%nat by lia. simpl. rewrite Rplus_0_l. f_equal; lia.
Qed.

(** ** Order *)

Lemma sum_le f h n : (forall i, (1 <= i <= n)%nat -> f i <= h i) -> sum f n <= sum h n.
Proof.
  induction n as [|n IH]; intros H; simpl; [lra|].
  apply Rplus_le_compat; [apply IH; intros; apply H; lia | apply H; lia].
Qed.

Lemma sum_nonneg f n : (forall i, (1 <= i <= n)%nat -> 0 <= f i) -> 0 <= sum f n.
Proof. intros H. rewrite <- (sum_zero n). apply sum_le; assumption. Qed.

Lemma sum_term_le f n k :
  (forall i, (1 <= i <= n)%nat -> 0 <= f i) -> (1 <= k <= n)%nat -> f k <= sum f n.
Proof.
  induction n as [|n IH]; intros H Hk; [lia|].
  rewrite sum_S. destruct (Nat.eq_dec k (S n)) as [->|].
  - assert (0 <= sum f n) by (apply sum_nonneg; intros; apply H; lia). lra.
  - assert (f k <= sum f n) by (apply IH; [intros; apply H | ]; lia).
    assert (0 <= f (S n)) by (apply H; lia). lra.
Qed.

Lemma sum_mono f n p :
  (forall i, (1 <= i)%nat -> 0 <= f i) -> (n <= p)%nat -> sum f n <= sum f p.
Proof.
  intros H; induction 1 as [|p Hp IH]; [lra|].
  rewrite sum_S. assert (0 <= f (S p)) by (apply H; lia). lra.
Qed.

Lemma sum_abs f n : Rabs (sum f n) <= \sum_(i <= n) Rabs (f i).
Proof.
  induction n as [|n IH]; simpl; [rewrite Rabs_R0; lra|].
  eapply Rle_trans; [apply Rabs_triang | lra].
Qed.

Lemma sum_squares_zero f n i :
  \sum_(k <= n) f k ^ 2 = 0 -> (1 <= i <= n)%nat -> f i = 0.
Proof.
  intros H Hi. assert (f i ^ 2 <= 0).
  { rewrite <- H. apply (sum_term_le (fun k => f k ^ 2)); [intros; apply pow2_ge_0 | assumption]. }
  nra.
Qed.

(** Cauchy-Schwarz. *)
Lemma cauchy_schwarz a b n :
  (\sum_(i <= n) a i * b i) ^ 2 <= (\sum_(i <= n) a i ^ 2) * (\sum_(i <= n) b i ^ 2).
Proof.
  induction n as [|n IH]; [simpl; lra|].
  rewrite !sum_S.
  set (P := \sum_(i <= n) a i * b i) in *. set (A := \sum_(i <= n) a i ^ 2) in *.
  set (B := \sum_(i <= n) b i ^ 2) in *. set (x := a (S n)). set (y := b (S n)).
  assert (HA : 0 <= A) by (apply sum_nonneg; intros; apply pow2_ge_0).
  assert (HB : 0 <= B) by (apply sum_nonneg; intros; apply pow2_ge_0).
  assert (H : 2 * P * x * y <= A * y ^ 2 + B * x ^ 2).
  { assert (Habs : Rabs P <= sqrt A * sqrt B).
    { rewrite <- sqrt_mult by assumption. rewrite <- (sqrt_Rsqr_abs P).
      apply sqrt_le_1_alt. unfold Rsqr. lra. }
    assert (HsA := sqrt_sqrt A HA). assert (HsB := sqrt_sqrt B HB).
    assert (0 <= (sqrt A * Rabs y - sqrt B * Rabs x) ^ 2) by apply pow2_ge_0.
    assert (Hx : Rabs x ^ 2 = x ^ 2) by apply pow2_abs.
    assert (Hy : Rabs y ^ 2 = y ^ 2) by apply pow2_abs.
    assert (P * x * y <= Rabs P * (Rabs x * Rabs y)).
    { rewrite <- !Rabs_mult. replace (P * x * y) with (P * (x * y)) by ring. apply Rle_abs. }
    assert (Rabs P * (Rabs x * Rabs y) <= sqrt A * sqrt B * (Rabs x * Rabs y)).
    { apply Rmult_le_compat_r; [|assumption]. apply Rmult_le_pos; apply Rabs_pos. }
    replace (A * y ^ 2 + B * x ^ 2)
      with ((sqrt A * Rabs y) ^ 2 + (sqrt B * Rabs x) ^ 2)
      by (rewrite !Rpow_mult_distr, Hx, Hy; simpl; rewrite !Rmult_1_r, HsA, HsB; ring).
    nra. }
  nra.
Qed.

(** The form with absolute values and roots. *)
Lemma cauchy_schwarz_sqrt a b n :
  Rabs (\sum_(i <= n) a i * b i) <= sqrt (\sum_(i <= n) a i ^ 2) * sqrt (\sum_(i <= n) b i ^ 2).
Proof.
  rewrite <- sqrt_mult; try (apply sum_nonneg; intros; apply pow2_ge_0).
  rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt. unfold Rsqr.
  replace (sum (fun i => a i * b i) n * sum (fun i => a i * b i) n)
    with ((\sum_(i <= n) a i * b i) ^ 2) by ring.
  apply cauchy_schwarz.
Qed.

(** ** Geometric sums *)

Lemma geometric q n : (1 - q) * (\sum_(k <= n) q ^ (k - 1)) = 1 - q ^ n.
Proof.
  induction n as [|n IH]; [simpl; ring|].
  rewrite sum_S, Rmult_plus_distr_l, IH. replace (S n - 1)%nat with n by lia. simpl; ring.
Qed.

Lemma geometric_closed q n : q <> 1 -> \sum_(k <= n) q ^ (k - 1) = (1 - q ^ n) / (1 - q).
Proof. intros. rewrite <- (geometric q n). field. lra. Qed.

(** As it appears in moving averages: the weights q ^ (t - i). *)
Lemma geometric_weights q t : (1 - q) * (\sum_(i <= t) q ^ (t - i)) = 1 - q ^ t.
Proof.
  rewrite <- (geometric q t), sum_reverse. f_equal.
  apply sum_ext; intros; f_equal; lia.
Qed.

Lemma geometric_bound q n : 0 <= q < 1 -> \sum_(k <= n) q ^ (k - 1) <= 1 / (1 - q).
Proof.
  intros H. rewrite geometric_closed by lra.
  apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|].
  assert (0 <= q ^ n) by (apply pow_le; lra). lra.
Qed.

Lemma pow_lt_1 q n : 0 <= q < 1 -> (1 <= n)%nat -> q ^ n < 1.
Proof.
  intros H Hn. destruct n as [|n]; [lia|]. simpl.
  assert (q ^ n <= 1) by (rewrite <- (pow1 n); apply pow_incr; lra).
  assert (0 <= q ^ n) by (apply pow_le; lra). nra.
Qed.

Lemma pow_le_1 q n : 0 <= q <= 1 -> q ^ n <= 1.
Proof. intros H. rewrite <- (pow1 n). apply pow_incr; assumption. Qed.

(** ** Harmonic numbers *)

Definition harmonic (T : nat) : R := \sum_(t <= T) 1 / INR t.

Lemma INR_pos t : (1 <= t)%nat -> 0 < INR t.
Proof. intros. apply lt_0_INR. lia. Qed.

Lemma ln_1_plus_le x : -1 < x -> ln (1 + x) <= x.
Proof.
  intros Hx. rewrite <- (ln_exp x) at 2.
  destruct (Req_dec x 0) as [->|Hn].
  - rewrite Rplus_0_r, exp_0. lra.
  - left. apply ln_increasing; [lra | apply exp_ineq1; assumption].
Qed.

Lemma harmonic_le T : (1 <= T)%nat -> harmonic T <= 1 + ln (INR T).
Proof.
  induction 1 as [|T HT IH]; [unfold harmonic; simpl; rewrite ln_1; lra|].
  unfold harmonic in *. rewrite sum_S.
  assert (HT0 := INR_pos T HT). assert (HS : 0 < INR (S T)) by (rewrite S_INR; lra).
  assert (Hinv : 1 / INR (S T) < 1).
  { rewrite S_INR. apply Rmult_lt_reg_r with (INR T + 1); [lra|]. field_simplify; lra. }
  assert (ln (INR T) = ln (INR (S T)) + ln (1 + - (1 / INR (S T)))).
  { rewrite <- ln_mult by lra. f_equal. rewrite S_INR in *. field. lra. }
  assert (ln (1 + - (1 / INR (S T))) <= - (1 / INR (S T))) by (apply ln_1_plus_le; lra).
  lra.
Qed.
