(** The appendix of the paper: Lemmas 10.2 to 10.4 and the proof of Theorem 10.5, line by line.
    What each line says, whether it holds, and what is true in place of the lines that do not.

    Everything but Lemma 10.2 and the sums over coordinates is about one coordinate. As in the
    paper's section 10, g_t is the gradient at the point theta_t played in round t, and the step
    leads to theta_(t+1); epsilon = 0, and 0/0 := 0, which arises only while all gradients are 0.
    The lemmas take any numbers g_1, g_2, ... for gradients: the linear losses g_t theta have them,
    whatever is played. *)
From Coq Require Import Reals Lra Lia Psatz FunctionalExtensionality.
From Adamlab Require Import sums setting rules.
Open Scope R_scope.

(** ** Notation *)

(** ||g_(1:T)||_2 *)
Definition norm (g : nat -> R) (T : nat) : R := sqrt (\sum_(t <= T) g t ^ 2).

(** Algorithm 1 with epsilon = 0, fed with the gradients g 1, g 2, ... *)
Definition algorithm_1 (alpha : nat -> R) (beta1 beta2 theta0 : R) (g : nat -> R) :=
  run (fun t => adam (alpha t) beta1 beta2 0 t) free theta0 (0, 0) g.

(** The algorithm of section 4: alpha_t = alpha / sqrt t and beta_(1,t) = beta1 lam^(t-1). With
    lam = 1 it is Algorithm 1. *)
Definition section_4 (alpha beta1 beta2 lam theta1 : R) (g : nat -> R) :=
  run (fun t => adam_decayed_beta1 (alpha / sqrt (INR t)) beta1 beta2 lam 0 t) free theta1 (0, 0) g.

(** Read off a run r: the moments after round t, with and without bias correction, and the point
    played in round t. *)
Definition m (r : nat -> R * R * (R * R)) (t : nat) : R := fst (state (r t)).
Definition v (r : nat -> R * R * (R * R)) (t : nat) : R := snd (state (r t)).
Definition m_hat (beta1 : R) (r : nat -> R * R * (R * R)) (t : nat) : R := m r t / (1 - beta1 ^ t).
Definition v_hat (beta2 : R) (r : nat -> R * R * (R * R)) (t : nat) : R := v r t / (1 - beta2 ^ t).
Definition theta (r : nat -> R * R * (R * R)) (t : nat) : R := point (r (t - 1)%nat).

(** The left side of Lemma 10.4. *)
Definition sum_of_moments (beta1 beta2 : R) (r : nat -> R * R * (R * R)) (T : nat) : R :=
  \sum_(t <= T) ratio (m_hat beta1 r t ^ 2) (sqrt (INR t * v_hat beta2 r t)).

(** ** What the proofs need *)

(** q^(t-1) a_1 + ... + q a_(t-1) + a_t *)
Fixpoint discounted (q : R) (a : nat -> R) (t : nat) : R :=
  match t with
  | O => 0
  | S n => q * discounted q a n + a (S n)
  end.

Lemma discounted_sum q a t : discounted q a t = \sum_(i <= t) q ^ (t - i) * a i.
Proof.
  induction t as [|t IH]; [reflexivity|].
  rewrite sum_S. cbn [discounted]. rewrite IH, <- sum_scale, Nat.sub_diag, pow_O, Rmult_1_l.
  f_equal. apply sum_ext; intros i Hi. replace (S t - i)%nat with (S (t - i)) by lia. simpl. ring.
Qed.

Lemma discounted_nonneg q a t :
  0 <= q -> (forall i, (1 <= i <= t)%nat -> 0 <= a i) -> 0 <= discounted q a t.
Proof.
  intros Hq Ha. rewrite discounted_sum. apply sum_nonneg; intros i Hi.
  apply Rmult_le_pos; [apply pow_le; assumption | apply Ha; assumption].
Qed.

Lemma discounted_abs q a t : 0 <= q ->
  Rabs (discounted q a t) <= discounted q (fun i => Rabs (a i)) t.
Proof.
  intros Hq. induction t as [|t IH]; simpl; [rewrite Rabs_R0; lra|].
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult, (Rabs_right q) by lra.
  apply Rplus_le_compat_r, Rmult_le_compat_l; assumption.
Qed.

Lemma algorithm_1_state alpha beta1 beta2 theta0 g t :
  let r := algorithm_1 alpha beta1 beta2 theta0 g in
  m r (S t) = beta1 * m r t + (1 - beta1) * g (S t)
  /\ v r (S t) = beta2 * v r t + (1 - beta2) * g (S t) ^ 2.
Proof.
  unfold m, v, algorithm_1, state. simpl.
  destruct (run _ free theta0 (0, 0) g t) as [[x y] [m0 v0]]. simpl. split; ring.
Qed.

Lemma section_4_state alpha beta1 beta2 lam theta1 g t :
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  m r (S t) = beta1 * lam ^ t * m r t + (1 - beta1 * lam ^ t) * g (S t)
  /\ v r (S t) = beta2 * v r t + (1 - beta2) * g (S t) ^ 2.
Proof.
  unfold m, v, section_4, state. cbn [run].
  destruct (run _ free theta1 (0, 0) g t) as [[x y] [m0 v0]]. unfold adam_decayed_beta1.
  replace (S t - 1)%nat with t by lia. simpl. split; ring.
Qed.

Lemma section_4_step : forall alpha beta1 beta2 lam theta1 g (t : nat),
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  theta r (S (S t))
  = theta r (S t)
    - alpha / sqrt (INR (S t)) * ratio (m_hat beta1 r (S t)) (sqrt (v_hat beta2 r (S t))).
Proof.
  intros alpha beta1 beta2 lam theta1 g t.
  unfold theta, m_hat, v_hat, m, v, section_4, state, point.
  replace (S (S t) - 1)%nat with (S t) by lia. replace (S t - 1)%nat with t by lia. cbn [run].
  destruct (run _ free theta1 (0, 0) g t) as [[x y] [m0 v0]].
  unfold adam_decayed_beta1, free, fst, snd. rewrite Rplus_0_r. reflexivity.
Qed.

(** Where v_t = 0 all gradients so far, and so m_t, are 0. *)
Lemma silent beta2 b r g t : 0 < beta2 < 1 -> m r 0 = 0 -> v r 0 = 0 ->
  (forall t, m r (S t) = b t * m r t + (1 - b t) * g (S t)) ->
  (forall t, v r (S t) = beta2 * v r t + (1 - beta2) * g (S t) ^ 2) ->
  0 <= v r t /\ (v r t = 0 -> m r t = 0 /\ (forall s, (1 <= s <= t)%nat -> g s = 0)).
Proof.
  intros Hb2 Hm0 Hv0 Hm Hv. induction t as [|t [Hpos IH]].
  - rewrite Hv0. split; [lra|]. intros _. split; [assumption | intros; lia].
  - rewrite Hm, Hv. assert (Hg : 0 <= g (S t) ^ 2) by apply pow2_ge_0.
    assert (Hbv : 0 <= beta2 * v r t) by (apply Rmult_le_pos; lra).
    assert (Hbg : 0 <= (1 - beta2) * g (S t) ^ 2) by (apply Rmult_le_pos; lra).
    split; [lra|]. intros H0. assert (Hg0 : g (S t) = 0).
    { apply Rsqr_0_uniq. unfold Rsqr. apply Rmult_eq_reg_l with (1 - beta2); lra. }
    destruct IH as [Hmt Hs]; [apply Rmult_eq_reg_l with beta2; lra|].
    split; [rewrite Hmt, Hg0; ring|].
    intros s Hs'. destruct (Nat.eq_dec s (S t)) as [->|]; [assumption | apply Hs; lia].
Qed.

Lemma section_4_silent alpha beta1 beta2 lam theta1 g t : 0 < beta2 < 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  0 <= v r t /\ (v r t = 0 -> m r t = 0 /\ (forall s, (1 <= s <= t)%nat -> g s = 0)).
Proof.
  intros Hb2 r. apply (silent beta2 (fun t => beta1 * lam ^ t)); try assumption; try reflexivity;
    intros; apply section_4_state.
Qed.

Lemma algorithm_1_m alpha beta1 beta2 theta0 g t :
  m (algorithm_1 alpha beta1 beta2 theta0 g) t = (1 - beta1) * discounted beta1 g t.
Proof.
  induction t as [|t IH]; [unfold m; simpl; ring|].
  rewrite (proj1 (algorithm_1_state _ _ _ _ _ _)), IH. simpl. ring.
Qed.

Lemma algorithm_1_v alpha beta1 beta2 theta0 g t :
  v (algorithm_1 alpha beta1 beta2 theta0 g) t
  = (1 - beta2) * discounted beta2 (fun i => g i ^ 2) t.
Proof.
  induction t as [|t IH]; [unfold v; simpl; ring|].
  rewrite (proj2 (algorithm_1_state _ _ _ _ _ _)), IH. simpl. ring.
Qed.

Lemma section_4_v alpha beta1 beta2 lam theta1 g t :
  v (section_4 alpha beta1 beta2 lam theta1 g) t
  = (1 - beta2) * discounted beta2 (fun i => g i ^ 2) t.
Proof.
  induction t as [|t IH]; [unfold v; simpl; ring|].
  rewrite (proj2 (section_4_state _ _ _ _ _ _ _)), IH. simpl. ring.
Qed.

Lemma decayed_beta1_step b x : 0 <= b -> 0 <= x <= 1 -> 0 <= b * x <= b.
Proof.
  intros Hb Hx. split; [apply Rmult_le_pos; lra|].
  apply Rle_trans with (b * 1); [apply Rmult_le_compat_l; lra | lra].
Qed.

Lemma decayed_beta1 beta1 lam k : 0 <= beta1 < 1 -> 0 <= lam <= 1 ->
  0 <= beta1 * lam ^ k <= beta1.
Proof.
  intros Hb Hl. apply decayed_beta1_step; [lra|].
  split; [apply pow_le; lra | apply pow_le_1; assumption].
Qed.

(** With the schedule of section 4 the weights of the gradients are at most beta1^(t-s). *)
Lemma section_4_m alpha beta1 beta2 lam theta1 g t :
  0 <= beta1 < 1 -> 0 <= lam <= 1 ->
  Rabs (m (section_4 alpha beta1 beta2 lam theta1 g) t)
  <= discounted beta1 (fun i => Rabs (g i)) t.
Proof.
  intros Hb Hl. induction t as [|t IH]; [unfold m; simpl; rewrite Rabs_R0; lra|].
  rewrite (proj1 (section_4_state _ _ _ _ _ _ _)). cbn [discounted].
  assert (Hdb := decayed_beta1 beta1 lam t Hb Hl). set (b := beta1 * lam ^ t) in *.
  eapply Rle_trans; [apply Rabs_triang|].
  rewrite !Rabs_mult, (Rabs_right b), (Rabs_right (1 - b)) by lra.
  set (x := m _ t) in *. assert (0 <= Rabs x) by apply Rabs_pos.
  assert (0 <= Rabs (g (S t))) by apply Rabs_pos.
  apply Rplus_le_compat; [|nra].
  apply Rle_trans with (beta1 * Rabs x); [apply Rmult_le_compat_r | apply Rmult_le_compat_l]; lra.
Qed.

(** The first two second moments. *)
Lemma v_hat_1 alpha beta1 beta2 lam theta1 g : 0 <= beta2 < 1 ->
  v_hat beta2 (section_4 alpha beta1 beta2 lam theta1 g) 1 = g 1%nat ^ 2.
Proof. intros. unfold v_hat. rewrite section_4_v. simpl. field. lra. Qed.

Lemma v_hat_2 alpha beta1 beta2 lam theta1 g : 0 <= beta2 < 1 ->
  v_hat beta2 (section_4 alpha beta1 beta2 lam theta1 g) 2
  = (beta2 * g 1%nat ^ 2 + g 2%nat ^ 2) / (1 + beta2).
Proof.
  intros. unfold v_hat. rewrite section_4_v. simpl. field. split; [lra|].
  assert (0 <= beta2 * beta2) by nra. nra.
Qed.

Lemma pow_le_base q n : 0 <= q < 1 -> (1 <= n)%nat -> q ^ n <= q.
Proof.
  intros Hq Hn. destruct n as [|n]; [lia|]. apply decayed_beta1_step; [lra|].
  split; [apply pow_le | apply pow_le_1]; lra.
Qed.

Lemma norm_nonneg g T : 0 <= norm g T.
Proof. apply sqrt_pos. Qed.

Lemma norm_squared g T : norm g T ^ 2 = \sum_(t <= T) g t ^ 2.
Proof. apply pow2_sqrt, sum_nonneg; intros; apply pow2_ge_0. Qed.

Lemma sqrt_INR_pos t : (1 <= t)%nat -> 0 < sqrt (INR t).
Proof. intros; apply sqrt_lt_R0, INR_pos; assumption. Qed.

Lemma sqrt_INR_ge_1 t : (1 <= t)%nat -> 1 <= sqrt (INR t).
Proof. intros. rewrite <- sqrt_1 at 1. apply sqrt_le_1_alt, (le_INR 1). assumption. Qed.

(** For a quotient that may be 0/0. *)
Lemma ratio_le x s B : 0 <= x -> 0 <= s -> 0 <= B -> x <= B * s -> ratio x s <= B.
Proof.
  intros Hx Hs HB H. unfold ratio. destruct (Req_dec s 0) as [->|Hn].
  - replace x with 0 by lra. unfold Rdiv. rewrite Rmult_0_l. exact HB.
  - apply Rmult_le_reg_r with s; [lra|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; assumption.
Qed.

(** a / b <= c for b > 0. *)
Lemma div_le a b c : 0 < b -> a <= c * b -> a / b <= c.
Proof.
  intros Hb H. apply Rmult_le_reg_r with b; [assumption|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; lra.
Qed.

Lemma sqrt_squared_abs x : sqrt (x ^ 2) = Rabs x.
Proof. rewrite <- sqrt_Rsqr_abs. f_equal. unfold Rsqr. ring. Qed.

Lemma abs_over_root x t : (1 <= t)%nat -> sqrt (x ^ 2 / INR t) = Rabs x / sqrt (INR t).
Proof.
  intros Ht. rewrite sqrt_div_alt by (apply INR_pos; assumption).
  rewrite sqrt_squared_abs. reflexivity.
Qed.

Lemma le_of_squares x y : 0 <= y -> x ^ 2 <= y ^ 2 -> x <= y.
Proof. intros Hy H. apply Rsqr_incr_0_var; [unfold Rsqr; lra | assumption]. Qed.

Lemma sqrt_below_1 x : 0 <= x < 1 -> sqrt x < 1.
Proof. intros. rewrite <- sqrt_1. apply sqrt_lt_1_alt; assumption. Qed.

Lemma exists_INR_above x : exists n : nat, x < INR n.
Proof.
  exists (Z.to_nat (up x)). destruct (archimed x) as [H _].
  destruct (Z_le_gt_dec 0 (up x)) as [Hz|Hz].
  - rewrite INR_IZR_INZ, Z2Nat.id by assumption. lra.
  - assert (IZR (up x) <= 0) by (apply IZR_le; lia). assert (Hp := pos_INR (Z.to_nat (up x))). lra.
Qed.

(** ** Lemma 10.2 *)

Definition convex_function (f : vector -> R) : Prop := forall x y s, 0 <= s <= 1 ->
  f (fun i => s * y i + (1 - s) * x i) <= s * f y + (1 - s) * f x.

(** The derivative of f at x in every direction h is the inner product with [gradient]. This is all
    that is used of differentiability. *)
Definition has_gradient (d : nat) (f : vector -> R) (x gradient : vector) : Prop :=
  forall h : vector,
  derivable_pt_lim (fun s => f (fun i => x i + s * h i)) 0 (\sum_(i <= d) gradient i * h i).

(** C19. Holds. Lemma 10.2: "If a function f : R^d -> R is convex, then for all x, y in R^d,
    f(y) >= f(x) + grad f(x)^T (y - x)." *)
Theorem lemma_10_2 : forall (d : nat) (f : vector -> R) (x y gradient : vector),
  convex_function f -> has_gradient d f x gradient ->
  f x + \sum_(i <= d) gradient i * (y i - x i) <= f y.
Proof.
  intros d f x y gradient Hf Hd. specialize (Hd (fun i => y i - x i)). simpl in Hd.
  set (l := \sum_(i <= d) _) in *. apply Rnot_lt_le. intros Hlt.
  destruct (Hd ((f x + l - f y) / 2) ltac:(lra)) as [delta Hdelta].
  assert (Hpos := cond_pos delta). set (s := Rmin 1 (delta / 2)).
  assert (Hs : 0 < s <= 1 /\ s < delta)
    by (unfold s, Rmin; destruct Rle_dec; lra).
  specialize (Hdelta s ltac:(lra)). rewrite Rabs_right in Hdelta by lra.
  specialize (Hdelta ltac:(lra)).
  (* the chord *)
  replace (fun i => x i + (0 + s) * (y i - x i)) with (fun i => s * y i + (1 - s) * x i) in Hdelta
    by (apply functional_extensionality; intros; ring).
  replace (fun i => x i + 0 * (y i - x i)) with x in Hdelta
    by (apply functional_extensionality; intros; ring).
  specialize (Hf x y s ltac:(lra)). set (between := f (fun i => s * y i + (1 - s) * x i)) in *.
  assert ((between - f x) / s <= f y - f x).
  { apply div_le; lra. }
  apply Rabs_def2 in Hdelta. lra.
Qed.

(** ** Lemma 10.3 *)

Lemma norm_le g G T : 0 <= G -> (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G) ->
  norm g T <= G * sqrt (INR T).
Proof.
  intros H0 HG. rewrite <- (sqrt_pow2 G) by assumption.
  rewrite <- sqrt_mult by (try apply pos_INR; apply pow2_ge_0).
  apply sqrt_le_1_alt. rewrite Rmult_comm, <- sum_const. apply sum_le; intros i Hi.
  apply pow_maj_Rabs, HG; assumption.
Qed.

(** ||g_(1:t)|| grows by at least g_t^2 / (2 G_inf sqrt t). *)
Lemma norm_step g G T : (forall t, (1 <= t <= S T)%nat -> Rabs (g t) <= G) ->
  g (S T) ^ 2 / sqrt (INR (S T)) <= 2 * G * (norm g (S T) - norm g T).
Proof.
  intros HG. assert (HG1 : Rabs (g (S T)) <= G) by (apply HG; lia).
  assert (HG0 : 0 <= G) by (assert (0 <= Rabs (g (S T))) by apply Rabs_pos; lra).
  assert (Hs := sqrt_INR_pos (S T) ltac:(lia)). set (s := sqrt (INR (S T))) in *.
  assert (Hn := norm_nonneg g (S T)). assert (HN := norm_nonneg g T).
  assert (Hnn : norm g (S T) ^ 2 = norm g T ^ 2 + g (S T) ^ 2)
    by (rewrite !norm_squared; reflexivity).
  assert (Hroot : norm g (S T) <= G * s) by (apply norm_le; assumption).
  set (n := norm g (S T)) in *. set (N := norm g T) in *. set (x := g (S T) ^ 2) in *.
  assert (Hx : 0 <= x) by apply pow2_ge_0.
  assert (HNn : N <= n) by (clear - Hnn Hx Hn HN; nra).
  apply div_le; [assumption|].
  (* x = (n - N) (n + N) <= 2 n (n - N) *)
  assert (x <= 2 * n * (n - N)) by (clear - Hnn HNn HN; nra).
  assert (n * (n - N) <= G * s * (n - N)) by (apply Rmult_le_compat_r; lra). lra.
Qed.

(** C22. New. (a) What the paper's induction does prove: with g_t^2 in place of its root. *)
Theorem lemma_10_3_with_squares : forall (g : nat -> R) (G_inf : R) (T : nat),
  (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G_inf) ->
  \sum_(t <= T) g t ^ 2 / sqrt (INR t) <= 2 * G_inf * norm g T.
Proof.
  intros g G T. induction T as [|T IH]; intros HG; [unfold norm; simpl; rewrite sqrt_0; lra|].
  rewrite sum_S. assert (H := norm_step g G T HG).
  assert (\sum_(t <= T) g t ^ 2 / sqrt (INR t) <= 2 * G * norm g T)
    by (apply IH; intros; apply HG; lia). lra.
Qed.

Lemma sum_roots_lower T : 2 * sqrt (INR (S T)) - 2 <= \sum_(t <= T) 1 / sqrt (INR t).
Proof.
  induction T as [|T IH]; [simpl; rewrite sqrt_1; lra|].
  rewrite sum_S. assert (Ha := sqrt_INR_pos (S T) ltac:(lia)).
  assert (Hb := sqrt_INR_pos (S (S T)) ltac:(lia)).
  assert (Ha2 := sqrt_sqrt (INR (S T)) (pos_INR _)).
  assert (Hb2 := sqrt_sqrt (INR (S (S T))) (pos_INR _)).
  rewrite (S_INR (S T)) in Hb2 at 3.
  set (a := sqrt (INR (S T))) in *. set (b := sqrt (INR (S (S T)))) in *.
  assert (2 * (b - a) <= 1 / a); [|lra].
  apply Rmult_le_reg_r with a; [assumption|].
  replace (1 / a * a) with 1 by (field; lra). clear - Ha Hb Ha2 Hb2. nra.
Qed.

(** C22. (a) is sharp: no constant below 2 will do, whatever G_inf. *)
Theorem lemma_10_3_with_squares_sharp : forall (c G_inf : R), c < 2 -> 0 < G_inf ->
  exists T : nat, c * G_inf * norm (fun _ => G_inf) T < \sum_(t <= T) G_inf ^ 2 / sqrt (INR t).
Proof.
  intros c G Hc HG. destruct (exists_INR_above (2 / (2 - c))) as [n Hn].
  exists (n * n)%nat. assert (HGG : 0 < G * G) by nra.
  assert (Hroot : sqrt (INR (n * n)) = INR n) by (rewrite mult_INR; apply sqrt_square, pos_INR).
  assert (Hnorm : norm (fun _ => G) (n * n) = INR n * G).
  { unfold norm. rewrite sum_const, sqrt_mult, sqrt_pow2, Hroot;
      [ring | lra | apply pos_INR | apply pow2_ge_0]. }
  rewrite Hnorm, (sum_ext _ (fun t => G ^ 2 * (1 / sqrt (INR t)))) by (intros; unfold Rdiv; ring).
  rewrite sum_scale.
  assert (H := sum_roots_lower (n * n)).
  assert (Hmore : INR n <= sqrt (INR (S (n * n))))
    by (rewrite <- Hroot; apply sqrt_le_1_alt, le_INR; lia).
  set (s := \sum_(t <= n * n) 1 / sqrt (INR t)) in *.
  replace (c * G * (INR n * G)) with (G * G * (c * INR n)) by ring.
  replace (G ^ 2 * s) with (G * G * s) by ring.
  apply Rmult_lt_compat_l; [assumption|].
  assert (2 < INR n * (2 - c)); [|lra].
  apply Rle_lt_trans with (2 / (2 - c) * (2 - c)); [right; field; lra|].
  apply Rmult_lt_compat_r; lra.
Qed.

Lemma sum_over_roots_le g T :
  \sum_(t <= T) Rabs (g t) / sqrt (INR t) <= sqrt (harmonic T) * norm g T.
Proof.
  eapply Rle_trans; [|apply Rle_trans with (1 := cauchy_schwarz_sqrt
    (fun t => 1 / sqrt (INR t)) (fun t => Rabs (g t)) T)].
  - eapply Rle_trans; [|apply Rle_abs]. right. apply sum_ext; intros; unfold Rdiv; ring.
  - right. unfold norm, harmonic. f_equal; f_equal; apply sum_ext; intros t Ht.
    + assert (H := sqrt_INR_pos t ltac:(lia)). assert (H2 := sqrt_sqrt (INR t) (pos_INR _)).
      rewrite <- H2 at 2. field. lra.
    + apply pow2_abs.
Qed.

(** C22. New. (b) What is true of the roots: a logarithm in place of 2 G_inf. *)
Theorem lemma_10_3_with_logarithm : forall (g : nat -> R) (T : nat), (1 <= T)%nat ->
  \sum_(t <= T) sqrt (g t ^ 2 / INR t) <= sqrt (harmonic T) * norm g T
  /\ sqrt (harmonic T) * norm g T <= sqrt (1 + ln (INR T)) * norm g T.
Proof.
  intros g T HT. split.
  - rewrite (sum_ext _ (fun t => Rabs (g t) / sqrt (INR t)))
      by (intros; apply abs_over_root; lia). apply sum_over_roots_le.
  - apply Rmult_le_compat_r; [apply norm_nonneg|]. apply sqrt_le_1_alt, harmonic_le; assumption.
Qed.

Lemma harmonic_nonneg T : 0 <= harmonic T.
Proof.
  apply sum_nonneg; intros t Ht. left. unfold Rdiv. rewrite Rmult_1_l.
  apply Rinv_0_lt_compat, INR_pos; lia.
Qed.

(** Both sides for gradients G / sqrt t. *)
Lemma ramp_sides G T : 0 <= G ->
  \sum_(t <= T) sqrt ((G / sqrt (INR t)) ^ 2 / INR t) = G * harmonic T
  /\ norm (fun t => G / sqrt (INR t)) T = G * sqrt (harmonic T).
Proof.
  intros HG. assert (Hsq : forall t, (1 <= t)%nat -> (G / sqrt (INR t)) ^ 2 = G ^ 2 * (1 / INR t)).
  { intros t Ht. assert (H := sqrt_INR_pos t Ht). assert (H2 := sqrt_sqrt (INR t) (pos_INR _)).
    rewrite <- H2 at 2. field. lra. }
  split.
  - unfold harmonic. rewrite <- sum_scale. apply sum_ext; intros t Ht.
    assert (H := INR_pos t ltac:(lia)). rewrite Hsq by lia.
    replace (G ^ 2 * (1 / INR t) / INR t) with ((G * (1 / INR t)) ^ 2) by (field; lra).
    apply sqrt_pow2. apply Rmult_le_pos; [assumption|]. left.
    unfold Rdiv; rewrite Rmult_1_l. apply Rinv_0_lt_compat; assumption.
  - unfold norm. rewrite (sum_ext _ (fun t => G ^ 2 * (1 / INR t))) by (intros; apply Hsq; lia).
    rewrite sum_scale, sqrt_mult, sqrt_pow2; [reflexivity | assumption | apply pow2_ge_0 |].
    apply harmonic_nonneg.
Qed.

(** C22. (b) is sharp: equality for g_t = 1 / sqrt t. *)
Theorem lemma_10_3_with_logarithm_sharp : forall T : nat,
  \sum_(t <= T) sqrt ((1 / sqrt (INR t)) ^ 2 / INR t)
  = sqrt (harmonic T) * norm (fun t => 1 / sqrt (INR t)) T.
Proof.
  intros T. destruct (ramp_sides 1 T ltac:(lra)) as [-> ->].
  rewrite !Rmult_1_l, sqrt_sqrt; [reflexivity | apply harmonic_nonneg].
Qed.

(** The paper: "Let g_t be defined as above and bounded, |g_t| <= G_inf. Then
    sum_(t=1..T) sqrt(g_t^2 / t) <= 2 G_inf ||g_(1:T)||_2." For given G_inf and T: *)
Definition Lemma_10_3 (G_inf : R) (T : nat) : Prop :=
  forall g : nat -> R, (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G_inf) ->
  \sum_(t <= T) sqrt (g t ^ 2 / INR t) <= 2 * G_inf * norm g T.

(** C20. Lemma 10.3 is refuted: T = 1, g_1 = G_inf = 1/4. *)
Theorem lemma_10_3_refuted : ~ Lemma_10_3 (1 / 4) 1.
Proof.
  intros H. specialize (H (fun _ => 1 / 4)). unfold norm in H. simpl in H.
  replace (0 + 1 / 4 * (1 / 4 * 1)) with (1 / 4 * (1 / 4)) in H by ring.
  replace (1 / 4 * (1 / 4 * 1) / 1) with (1 / 4 * (1 / 4)) in H by field.
  rewrite sqrt_square in H by lra. enough (0 + 1 / 4 <= 2 * (1 / 4) * (1 / 4)) by lra.
  apply H. intros. rewrite Rabs_right; lra.
Qed.

(** N22. New: when it is true, for given T and G_inf. *)
Theorem lemma_10_3_iff : forall (G_inf : R) (T : nat), 0 < G_inf ->
  (Lemma_10_3 G_inf T <-> sqrt (harmonic T) / 2 <= G_inf).
Proof.
  intros G T HG. assert (HH := sqrt_pos (harmonic T)). split; intros H.
  - destruct (ramp_sides G T ltac:(lra)) as [Hl Hr].
    specialize (H (fun t => G / sqrt (INR t))). simpl in H.
    rewrite (sum_ext _ (fun t => sqrt ((G / sqrt (INR t)) ^ 2 / INR t))) in H
      by (intros; f_equal; f_equal; ring).
    rewrite Hl, Hr in H. assert (H2 := sqrt_sqrt _ (harmonic_nonneg T)).
    destruct (Req_dec (sqrt (harmonic T)) 0) as [->|Hne]; [lra|].
    assert (G * harmonic T <= 2 * G * (G * sqrt (harmonic T))).
    { apply H. intros t Ht. assert (Hs : 1 <= sqrt (INR t)) by (apply sqrt_INR_ge_1; lia).
      rewrite Rabs_right.
      - apply div_le; nra.
      - apply Rle_ge. apply Rmult_le_pos; [lra|]. left; apply Rinv_0_lt_compat; lra. }
    set (s := sqrt (harmonic T)) in *. rewrite <- H2 in H0.
    assert (0 < s) by lra. clear - H0 HG H1. assert (0 < G * s) by nra. nra.
  - intros g Hg. rewrite (sum_ext _ (fun t => Rabs (g t) / sqrt (INR t)))
      by (intros; apply abs_over_root; lia).
    eapply Rle_trans; [apply sum_over_roots_le|].
    apply Rmult_le_compat_r; [apply norm_nonneg | lra].
Qed.

Lemma harmonic_ge_ln T : ln (INR (S T)) <= harmonic T.
Proof.
  unfold harmonic. induction T as [|T IH]; [simpl; rewrite ln_1; lra|].
  rewrite sum_S. assert (HT := INR_pos (S T) ltac:(lia)).
  assert (Hi : 0 < 1 / INR (S T)) by (apply Rdiv_lt_0_compat; lra).
  replace (INR (S (S T))) with (INR (S T) * (1 + 1 / INR (S T)))
    by (rewrite (S_INR (S T)); field; lra).
  rewrite ln_mult by lra. assert (H := ln_1_plus_le (1 / INR (S T)) ltac:(lra)). lra.
Qed.

(** The harmonic numbers grow beyond every bound. *)
Lemma harmonic_unbounded B : exists T, B < harmonic T.
Proof.
  destruct (exists_INR_above (exp B)) as [n Hn]. exists n.
  eapply Rlt_le_trans; [|apply harmonic_ge_ln]. rewrite <- (ln_exp B) at 1.
  apply ln_increasing; [apply exp_pos|]. rewrite S_INR. lra.
Qed.

(** C20, N22. So no G_inf is large enough for all T. *)
Theorem lemma_10_3_fails_for_every_bound : forall G_inf : R, 0 < G_inf ->
  exists T : nat, ~ Lemma_10_3 G_inf T.
Proof.
  intros G HG. destruct (harmonic_unbounded (4 * G ^ 2)) as [T HT]. exists T.
  rewrite (lemma_10_3_iff G T HG). apply Rlt_not_le.
  assert (2 * G < sqrt (harmonic T)); [|lra].
  rewrite <- (sqrt_pow2 (2 * G)) by lra. apply sqrt_lt_1_alt. split; [apply pow2_ge_0 | nra].
Qed.

(** The paper's induction for Lemma 10.3: refuted are its base case, by g_1 = G_inf = 1/4, and its
    step "2 G_inf sqrt(||g_(1:T)||^2 - g_T^2) + sqrt(g_T^2 / T) <= 2 G_inf ||g_(1:T)||" by
    T = 2, G_inf = 1, g = (1, 1/2). *)
Definition Induction_base : Prop := forall (g : nat -> R) (G_inf : R),
  Rabs (g 1%nat) <= G_inf -> sqrt (g 1%nat ^ 2) <= 2 * G_inf * norm g 1.

Definition Induction_step : Prop := forall (g : nat -> R) (G_inf : R) (T : nat), (2 <= T)%nat ->
  (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G_inf) ->
  2 * G_inf * sqrt (norm g T ^ 2 - g T ^ 2) + sqrt (g T ^ 2 / INR T) <= 2 * G_inf * norm g T.

(** C21. Both are refuted. *)
Theorem induction_refuted : ~ Induction_base /\ ~ Induction_step.
Proof.
  split; intros H.
  - specialize (H (fun _ => 1 / 4) (1 / 4)). unfold norm in H. simpl in H.
    replace (0 + 1 / 4 * (1 / 4 * 1)) with (1 / 4 * (1 / 4)) in H by ring.
    replace (1 / 4 * (1 / 4 * 1)) with (1 / 4 * (1 / 4)) in H by ring.
    rewrite sqrt_square in H by lra. rewrite Rabs_right in H by lra. lra.
  - specialize (H (fun t => if Nat.eqb t 1 then 1 else 1 / 2) 1 2%nat ltac:(lia)).
    rewrite norm_squared in H. unfold norm in H. simpl in H.
    replace (0 + 1 * (1 * 1) + 1 / 2 * (1 / 2 * 1) - 1 / 2 * (1 / 2 * 1)) with 1 in H by field.
    replace (0 + 1 * (1 * 1) + 1 / 2 * (1 / 2 * 1)) with (5 / 4) in H by field.
    rewrite sqrt_1 in H.
    assert (Ha : 0.35 <= sqrt (1 / 2 * (1 / 2 * 1) / (1 + 1))).
    { rewrite <- (sqrt_pow2 0.35) by lra. apply sqrt_le_1_alt. lra. }
    assert (Hb : sqrt (5 / 4) <= 1.12).
    { rewrite <- (sqrt_pow2 1.12) by lra. apply sqrt_le_1_alt. lra. }
    enough (2 * 1 * 1 + sqrt (1 / 2 * (1 / 2 * 1) / (1 + 1)) <= 2 * 1 * sqrt (5 / 4)) by lra.
    apply H. intros [|[|t]] Ht; simpl; rewrite Rabs_right; lra.
Qed.

(** C21. What the paper shows of the root is right. *)
Theorem induction_root : forall (g : nat -> R) (G_inf : R) (T : nat), (1 <= T)%nat -> 0 < G_inf ->
  (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G_inf) ->
  sqrt (norm g T ^ 2 - g T ^ 2) <= norm g T - g T ^ 2 / (2 * sqrt (INR T) * G_inf).
Proof.
  intros g G T HT HG Hg. destruct T as [|T]; [lia|].
  replace (norm g (S T) ^ 2 - g (S T) ^ 2) with (norm g T ^ 2)
    by (rewrite !norm_squared, sum_S; ring).
  rewrite sqrt_pow2 by apply norm_nonneg. assert (H := norm_step g G T Hg).
  assert (Hs := sqrt_INR_pos (S T) HT). set (s := sqrt (INR (S T))) in *.
  replace (g (S T) ^ 2 / (2 * s * G)) with (g (S T) ^ 2 / s / (2 * G)) by (field; lra).
  assert (g (S T) ^ 2 / s / (2 * G) <= norm g (S T) - norm g T) by (apply div_le; lra). lra.
Qed.

(** C21. Substituted, it gives the step exactly if g_T = 0 or |g_T| >= 1. *)
Theorem induction_substitution : forall (g_T G_inf n : R) (T : nat), (1 <= T)%nat -> 0 < G_inf ->
  2 * G_inf * (n - g_T ^ 2 / (2 * sqrt (INR T) * G_inf)) + sqrt (g_T ^ 2 / INR T) <= 2 * G_inf * n
  <-> g_T = 0 \/ 1 <= Rabs g_T.
Proof.
  intros x G n T HT HG. rewrite abs_over_root by assumption.
  assert (Hs := sqrt_INR_pos T HT). set (s := sqrt (INR T)) in *.
  assert (Ha := Rabs_pos x). rewrite <- (pow2_abs x).
  replace (2 * G * (n - Rabs x ^ 2 / (2 * s * G)) + Rabs x / s)
    with (2 * G * n + Rabs x * (1 - Rabs x) / s)
    by (set (a := Rabs x); clearbody a s; field; lra).
  assert (Hi : 0 < / s) by (apply Rinv_0_lt_compat; assumption).
  split; intros H.
  - destruct (Rle_lt_dec 1 (Rabs x)) as [|Hlt]; [right; assumption|]. left.
    destruct (Req_dec x 0) as [|Hx]; [assumption|]. assert (0 < Rabs x) by (apply Rabs_pos_lt, Hx).
    assert (0 < Rabs x * (1 - Rabs x) / s); [|lra].
    repeat apply Rmult_lt_0_compat; lra.
  - assert (Rabs x * (1 - Rabs x) / s <= 0); [|lra].
    destruct H as [->|H]; [rewrite Rabs_R0; unfold Rdiv; lra|].
    assert (0 <= Rabs x * (Rabs x - 1) / s); [|unfold Rdiv in *; lra].
    apply Rmult_le_pos; [apply Rmult_le_pos; lra | lra].
Qed.

(** p H_n with every p / t rounded down, and n. *)
Fixpoint harmonic_below (p : Z) (n : nat) : Z * Z :=
  match n with
  | O => (0, 0)%Z
  | S k => let (s, t) := harmonic_below p k in (s + p / (t + 1), t + 1)%Z
  end.

Lemma harmonic_below_spec p n :
  let (s, t) := harmonic_below p n in
  IZR t = INR n /\ IZR s <= IZR p * harmonic n <= IZR s + INR n.
Proof.
  unfold harmonic. induction n as [|n IH]; [simpl; lra|].
  cbn [harmonic_below sum]. destruct (harmonic_below p n) as [s t]. destruct IH as [Ht IH].
  rewrite !plus_IZR, Ht, <- S_INR. split; [reflexivity|]. rewrite (S_INR n) at 3.
  assert (Hz : (0 < t + 1)%Z)
    by (apply lt_IZR; rewrite plus_IZR, Ht; assert (H := pos_INR n); lra).
  assert (H0 := INR_pos (S n) ltac:(lia)).
  assert (H1 := Z.mul_div_le p _ Hz). assert (H2 := Z.mul_succ_div_gt p _ Hz).
  apply IZR_le in H1. apply IZR_lt in H2. unfold Z.succ in H2.
  rewrite mult_IZR, plus_IZR, Ht, <- S_INR in H1, H2. rewrite plus_IZR in H2.
  set (q := IZR (p / (t + 1))) in *. set (k := INR (S n)) in *.
  assert (q <= IZR p * (1 / k) <= q + 1); [|lra].
  replace (IZR p * (1 / k)) with (IZR p / k) by (unfold Rdiv; ring).
  split; [|apply div_le; lra].
  apply Rmult_le_reg_r with k; [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Lemma harmonic_mono n p : (n <= p)%nat -> harmonic n <= harmonic p.
Proof.
  apply sum_mono. intros. left. apply Rdiv_lt_0_compat; [lra | apply INR_pos; lia].
Qed.

Lemma fails_after (G : R) (n : nat) : 0 < G -> harmonic n <= 4 * G ^ 2 < harmonic (S n) ->
  forall T, Lemma_10_3 G T <-> (T < S n)%nat.
Proof.
  intros HG Hn T. rewrite lemma_10_3_iff by assumption.
  assert (Hroot : forall h, 0 <= h -> (sqrt h / 2 <= G <-> h <= 4 * G ^ 2)).
  { intros h Hh. assert (Hs := sqrt_pos h). assert (H2 := sqrt_sqrt h Hh). split; intros H; [nra|].
    assert (sqrt h <= 2 * G); [|lra]. apply le_of_squares; [lra|]. nra. }
  rewrite Hroot by apply harmonic_nonneg. split; intros H.
  - apply Nat.nle_gt. intros Hle. assert (Hm := harmonic_mono _ _ Hle). lra.
  - assert (Hm := harmonic_mono T n ltac:(lia)). lra.
Qed.

(** The condition of [fails_after], by integer arithmetic. *)
Lemma harmonic_between p k n :
  (let (s, t) := harmonic_below p n in (s + t <=? k) && (k <? s + p / (t + 1)))%Z%bool = true ->
  IZR p * harmonic n <= IZR k < IZR p * harmonic (S n).
Proof.
  intros H. assert (Ha := harmonic_below_spec p n). assert (Hb := harmonic_below_spec p (S n)).
  cbn [harmonic_below] in Hb. destruct (harmonic_below p n) as [s t].
  apply andb_prop in H as [H1%Z.leb_le H2%Z.ltb_lt]. destruct Ha as [Ht Ha], Hb as [_ Hb].
  apply IZR_le in H1. apply IZR_lt in H2. rewrite plus_IZR in *. lra.
Qed.

Lemma fails_after_integers p k n G : 0 < G /\ 0 < IZR p -> IZR k = IZR p * (4 * G ^ 2) ->
  (let (s, t) := harmonic_below p n in (s + t <=? k) && (k <? s + p / (t + 1)))%Z%bool = true ->
  forall T, Lemma_10_3 G T <-> (T < S n)%nat.
Proof.
  intros [HG Hp] Hk H. apply harmonic_between in H. rewrite Hk in H. apply fails_after; [exact HG|].
  split; [apply Rmult_le_reg_l with (IZR p) | apply Rmult_lt_reg_l with (IZR p)]; tauto.
Qed.

Ltac between := vm_cast_no_check (eq_refl true).

(** N23. New: for given G_inf, Lemma 10.3 is true exactly of the T before 2, 5, 31, 4550; for G_inf
    below 1/2 it fails from T = 1 on. *)
Theorem lemma_10_3_first_failures :
  (forall G_inf T, 0 < G_inf < 1 / 2 -> Lemma_10_3 G_inf T <-> (T < 1)%nat) /\
  (forall T, Lemma_10_3 (1 / 2) T <-> (T < 2)%nat) /\
  (forall T, Lemma_10_3 (3 / 4) T <-> (T < 5)%nat) /\
  (forall T, Lemma_10_3 1 T <-> (T < 31)%nat) /\
  (forall T, Lemma_10_3 (3 / 2) T <-> INR T < 4550).
Proof.
  split; [|split; [|split; [|split]]].
  - intros G T HG. apply fails_after; [lra|]. unfold harmonic. simpl. split; nra.
  - apply fails_after; [lra|]. unfold harmonic. simpl. lra.
  - apply (fails_after_integers 1000000 2250000 4); [lra | lra | between].
  - apply (fails_after_integers 1000000 4000000 30); [lra | lra | between].
  - intros T. rewrite (fails_after_integers 1000000000 9000000000 (Z.to_nat 4549)); [|lra | lra|].
    + rewrite INR_IZR_INZ. split; intros H; [apply IZR_lt | apply lt_IZR in H]; lia.
    + between.
Qed.

(** ** Lemma 10.4 *)

(** sum t q^(t-1) <= (1 - q)^-2 *)
Lemma arithmetico_geometric q n : 0 <= q < 1 ->
  \sum_(t <= n) INR t * q ^ (t - 1) <= 1 / (1 - q) ^ 2.
Proof.
  intros Hq. assert (H : (1 - q) ^ 2 * (\sum_(t <= n) INR t * q ^ (t - 1))
                         = 1 - q ^ n * (1 + INR n * (1 - q))).
  { induction n as [|n IH]; [simpl; ring|].
    rewrite sum_S, Rmult_plus_distr_l, IH, S_INR.
    replace (S n - 1)%nat with n by lia. simpl. ring. }
  assert (0 <= q ^ n) by (apply pow_le; lra). assert (Hn := pos_INR n).
  assert (0 <= q ^ n * (1 + INR n * (1 - q))) by (apply Rmult_le_pos; nra).
  assert (0 < (1 - q) ^ 2) by nra.
  apply Rmult_le_reg_l with ((1 - q) ^ 2); [assumption|]. rewrite H.
  replace ((1 - q) ^ 2 * (1 / (1 - q) ^ 2)) with 1 by (field; lra). lra.
Qed.

(** One term of the sum, from a bound on m_t^2; the bias corrections cost (1 - beta1^t)^-2. *)
Lemma moment_term beta1 beta2 mt vt L t :
  0 <= beta1 < 1 -> 0 <= beta2 < 1 -> (1 <= t)%nat -> 0 <= vt -> 0 <= L -> mt ^ 2 <= L * sqrt vt ->
  ratio ((mt / (1 - beta1 ^ t)) ^ 2) (sqrt (INR t * (vt / (1 - beta2 ^ t))))
  <= L / sqrt (INR t) / (1 - beta1 ^ t) ^ 2.
Proof.
  intros Hb1 Hb2 Ht Hv HL Hm. assert (Hp1 := pow_lt_1 beta1 t Hb1 Ht).
  assert (Hp2 := pow_lt_1 beta2 t Hb2 Ht). assert (Hq : 0 <= beta2 ^ t) by (apply pow_le; lra).
  assert (Hs := sqrt_INR_pos t Ht). set (s := sqrt (INR t)) in *. set (p := 1 - beta1 ^ t) in *.
  assert (Hp : 0 < p) by (unfold p; lra).
  assert (Hpp : 0 < / p ^ 2) by (apply Rinv_0_lt_compat, pow_lt, Hp).
  assert (Hvv : vt <= vt / (1 - beta2 ^ t)).
  { apply Rmult_le_reg_r with (1 - beta2 ^ t); [lra|]. unfold Rdiv.
    assert (0 <= vt * beta2 ^ t) by (apply Rmult_le_pos; assumption).
    rewrite Rmult_assoc, Rinv_l; lra. }
  rewrite sqrt_mult by (try apply pos_INR; lra). fold s.
  assert (Hroot : sqrt vt <= sqrt (vt / (1 - beta2 ^ t))) by (apply sqrt_le_1_alt; assumption).
  apply ratio_le.
  - apply pow2_ge_0.
  - apply Rmult_le_pos; [lra | apply sqrt_pos].
  - apply Rmult_le_pos; [|lra]. apply Rmult_le_pos; [assumption|].
    left; apply Rinv_0_lt_compat; assumption.
  - replace (L / s / p ^ 2 * (s * sqrt (vt / (1 - beta2 ^ t))))
      with (L * sqrt (vt / (1 - beta2 ^ t)) * / p ^ 2) by (field; lra).
    replace ((mt / p) ^ 2) with (mt ^ 2 * / p ^ 2) by (field; lra).
    apply Rmult_le_compat_r; [lra|]. eapply Rle_trans; [exact Hm|].
    apply Rmult_le_compat_l; assumption.
Qed.

(** The paper: "Let gamma = beta1^2 / sqrt beta2. For beta1, beta2 in [0, 1) that satisfy gamma < 1
    and bounded g_t, sum_(t=1..T) m_hat_t^2 / sqrt(t v_hat_t)
    <= 2 / (1 - gamma) 1 / sqrt(1 - beta2) ||g_(1:T)||_2." For given betas and T (beta2 = 0, where
    gamma divides by 0, is left out below): *)
Definition bounded (g : nat -> R) : Prop := exists G_inf, forall t, (1 <= t)%nat ->
  Rabs (g t) <= G_inf.

Definition Lemma_10_4 (beta1 beta2 : R) (T : nat) : Prop :=
  forall (alpha : nat -> R) (theta0 : R) (g : nat -> R), bounded g ->
  let gamma := beta1 ^ 2 / sqrt beta2 in
  sum_of_moments beta1 beta2 (algorithm_1 alpha beta1 beta2 theta0 g) T
  <= 2 / (1 - gamma) * (1 / sqrt (1 - beta2)) * norm g T.

Lemma ramp_bounded : bounded (fun t => 1 / sqrt (INR t)).
Proof.
  exists 1. intros t Ht. assert (H := sqrt_INR_ge_1 t Ht).
  assert (H0 : 0 < 1 / sqrt (INR t)) by (apply Rdiv_lt_0_compat; lra).
  rewrite Rabs_right by lra. apply div_le; lra.
Qed.

(** Two values. *)
Lemma pair_bounded k x y : Rabs x <= 1 -> Rabs y <= 1 ->
  bounded (fun t => if Nat.eqb t k then x else y).
Proof. intros. exists 1. intros t _. destruct (Nat.eqb t k); assumption. Qed.

(** For g_t = 1 / sqrt t: m_hat_t >= g_t and t v_hat_t <= (1 - beta2)^-2. *)
Lemma ramp_moments alpha beta1 beta2 theta0 T : 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  (1 - beta2) * harmonic T
  <= sum_of_moments beta1 beta2
       (algorithm_1 alpha beta1 beta2 theta0 (fun t => 1 / sqrt (INR t))) T.
Proof.
  intros Hb1 Hb2. unfold harmonic, sum_of_moments. rewrite <- sum_scale. apply sum_le; intros t Ht.
  set (g := fun t => 1 / sqrt (INR t)). set (r := algorithm_1 _ _ _ _ g).
  assert (Hg2 : forall i, (1 <= i)%nat -> g i ^ 2 = 1 / INR i).
  { intros i Hi. assert (H := sqrt_INR_pos i Hi). assert (H2 := sqrt_sqrt (INR i) (pos_INR _)).
    unfold g. rewrite <- H2 at 2. field. lra. }
  assert (Hs := sqrt_INR_pos t ltac:(lia)). assert (Ht0 := INR_pos t ltac:(lia)).
  assert (Hp1 := pow_lt_1 beta1 t Hb1 ltac:(lia)).
  assert (Hp2 := pow_lt_1 beta2 t ltac:(lra) ltac:(lia)).
  assert (Hm : g t <= m_hat beta1 r t).
  { unfold m_hat, r. rewrite algorithm_1_m, discounted_sum.
    apply Rmult_le_reg_r with (1 - beta1 ^ t); [lra|].
    unfold Rdiv. rewrite (Rmult_assoc _ (/ (1 - beta1 ^ t))), Rinv_l, Rmult_1_r by lra.
    rewrite <- geometric_weights. rewrite Rmult_comm, Rmult_assoc.
    apply Rmult_le_compat_l; [lra|]. rewrite <- sum_scale_r. apply sum_le; intros i Hi.
    apply Rmult_le_compat_l; [apply pow_le; lra|].
    unfold g, Rdiv. apply Rmult_le_compat_l; [lra|].
    apply Rinv_le_contravar; [apply sqrt_INR_pos; lia | apply sqrt_le_1_alt, le_INR; lia]. }
  assert (Hg0 : 0 < g t) by (apply Rdiv_lt_0_compat; lra).
  set (Q := discounted beta2 (fun i => g i ^ 2)).
  assert (HQ : INR t * Q t <= 1 / (1 - beta2) ^ 2).
  { eapply Rle_trans; [|apply (arithmetico_geometric beta2 t); lra].
    unfold Q. rewrite discounted_sum, <- sum_scale.
    rewrite (sum_reverse (fun j => INR j * beta2 ^ (j - 1))).
    apply sum_le; intros i Hi. rewrite Hg2 by lia. assert (Hi0 := INR_pos i ltac:(lia)).
    replace (t + 1 - i - 1)%nat with (t - i)%nat by lia.
    replace (INR t * (beta2 ^ (t - i) * (1 / INR i)))
      with (INR t / INR i * beta2 ^ (t - i)) by (unfold Rdiv; ring).
    apply Rmult_le_compat_r; [apply pow_le; lra|]. apply div_le; [assumption|].
    (* t <= (t + 1 - i) i *)
    rewrite <- mult_INR. apply le_INR. nia. }
  assert (Hv : v r t = (1 - beta2) * Q t) by apply algorithm_1_v.
  assert (HQ0 : 0 < Q t).
  { destruct t as [|n]; [lia|]. unfold Q; cbn [discounted].
    assert (0 <= beta2 * discounted beta2 (fun i => g i ^ 2) n).
    { apply Rmult_le_pos; [lra|]. apply discounted_nonneg; [lra | intros; apply pow2_ge_0]. }
    assert (0 < g (S n) ^ 2) by (apply pow_lt; assumption). lra. }
  assert (Hp := pow_le_base beta2 t ltac:(lra) ltac:(lia)).
  assert (Htv : 0 < INR t * v_hat beta2 r t <= (1 / (1 - beta2)) ^ 2).
  { unfold v_hat. rewrite Hv. split.
    - apply Rmult_lt_0_compat; [assumption|]. apply Rdiv_lt_0_compat; [|lra].
      apply Rmult_lt_0_compat; lra.
    - apply Rle_trans with (INR t * Q t).
      + apply Rmult_le_compat_l; [lra|]. apply div_le; [lra|]. rewrite Rmult_comm.
        apply Rmult_le_compat_l; lra.
      + eapply Rle_trans; [exact HQ|]. right. field. lra. }
  assert (Hroot : 0 < sqrt (INR t * v_hat beta2 r t) <= 1 / (1 - beta2)).
  { split; [apply sqrt_lt_R0; lra|]. rewrite <- (sqrt_pow2 (1 / (1 - beta2))).
    - apply sqrt_le_1_alt; lra.
    - left. apply Rdiv_lt_0_compat; lra. }
  set (w := sqrt (INR t * v_hat beta2 r t)) in *. unfold ratio.
  assert (Hsq : 1 / INR t <= m_hat beta1 r t ^ 2)
    by (rewrite <- Hg2 by lia; apply pow_incr; lra).
  apply Rmult_le_reg_r with w; [lra|].
  unfold Rdiv at 2. rewrite (Rmult_assoc _ (/ w)), Rinv_l, Rmult_1_r by lra.
  eapply Rle_trans; [|exact Hsq].
  assert (Hi : 0 < 1 / INR t) by (apply Rdiv_lt_0_compat; lra).
  assert ((1 - beta2) * w <= 1).
  { apply Rle_trans with ((1 - beta2) * (1 / (1 - beta2))); [apply Rmult_le_compat_l; lra|].
    right. field. lra. }
  apply Rle_trans with (1 / INR t * ((1 - beta2) * w)); [right; ring|].
  apply Rle_trans with (1 / INR t * 1); [apply Rmult_le_compat_l; lra | right; ring].
Qed.

(** By g_t = 1 / sqrt t, as soon as the harmonic number H_T is large enough. *)
Lemma lemma_10_4_fails : forall (beta1 beta2 : R) (T : nat),
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> beta1 ^ 2 / sqrt beta2 < 1 ->
  4 < (1 - beta1 ^ 2 / sqrt beta2) ^ 2 * (1 - beta2) ^ 3 * harmonic T ->
  ~ Lemma_10_4 beta1 beta2 T.
Proof.
  intros beta1 beta2 T Hb1 Hb2 Hg HT H.
  specialize (H (fun _ => 1) 0 (fun t => 1 / sqrt (INR t)) ramp_bounded). cbv zeta in H.
  rewrite (proj2 (ramp_sides 1 T ltac:(lra))), Rmult_1_l in H.
  assert (Hl := ramp_moments (fun _ => 1) beta1 beta2 0 T Hb1 Hb2).
  set (k := 1 - beta1 ^ 2 / sqrt beta2) in *. assert (Hk : 0 < k) by (unfold k; lra).
  assert (Hc : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hc2 := sqrt_sqrt (1 - beta2) ltac:(lra)). set (c := sqrt (1 - beta2)) in *.
  assert (HH0 := harmonic_nonneg T). assert (HH2 := sqrt_sqrt _ HH0).
  assert (Hh := sqrt_pos (harmonic T)). set (h := sqrt (harmonic T)) in *.
  assert (Hle : c ^ 2 * h ^ 2 <= 2 / k * (1 / c) * h).
  { eapply Rle_trans; [|exact H]. eapply Rle_trans; [|exact Hl]. right.
    rewrite <- HH2, <- Hc2. ring. }
  rewrite <- HH2, <- Hc2 in HT.
  assert (Hx : 2 < k * c ^ 3 * h).
  { apply Rnot_le_lt; intros Hn. assert (0 <= k * c ^ 3 * h).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow_le; lra] | assumption]. }
    assert ((k * c ^ 3 * h) ^ 2 <= 2 ^ 2) by (apply pow_incr; lra).
    replace (k ^ 2 * (c * c) ^ 3 * (h * h)) with ((k * c ^ 3 * h) ^ 2) in HT by ring. lra. }
  assert (Hh0 : 0 < h) by (destruct Hh as [|Hh]; [assumption | rewrite <- Hh in Hx; lra]).
  assert (Hm : c ^ 2 * h ^ 2 * (k * c) <= 2 / k * (1 / c) * h * (k * c))
    by (apply Rmult_le_compat_r; [apply Rmult_le_pos; lra | exact Hle]).
  replace (2 / k * (1 / c) * h * (k * c)) with (2 * h) in Hm by (field; lra).
  replace (c ^ 2 * h ^ 2 * (k * c)) with (k * c ^ 3 * h * h) in Hm by ring.
  apply Rmult_le_reg_r in Hm; lra.
Qed.

(** C23. Lemma 10.4 is refuted: for all betas it fails from some T on, by g_t = 1 / sqrt t. *)
Theorem lemma_10_4_fails_for_all_betas : forall beta1 beta2 : R,
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> beta1 ^ 2 / sqrt beta2 < 1 ->
  exists T0, forall T, (T0 <= T)%nat -> ~ Lemma_10_4 beta1 beta2 T.
Proof.
  intros beta1 beta2 Hb1 Hb2 Hg. set (k := (1 - beta1 ^ 2 / sqrt beta2) ^ 2 * (1 - beta2) ^ 3).
  assert (Hk : 0 < k) by (apply Rmult_lt_0_compat; apply pow_lt; lra).
  destruct (harmonic_unbounded (4 / k)) as [T0 H0]. exists T0. intros T HT.
  apply lemma_10_4_fails; try assumption. fold k. assert (Hm := harmonic_mono _ _ HT).
  replace 4 with (k * (4 / k)) by (field; lra). apply Rmult_lt_compat_l; lra.
Qed.

(** C23. In particular beta1 = 0, beta2 = 1/10000, and every T from 31 on. *)
Theorem lemma_10_4_refuted : forall T : nat, (31 <= T)%nat -> ~ Lemma_10_4 0 (1 / 10000) T.
Proof.
  intros T HT. apply lemma_10_4_fails; try lra.
  - unfold Rdiv at 1. rewrite pow_i, Rmult_0_l by lia.
    assert (Hm := harmonic_mono _ _ HT).
    assert (H31 := harmonic_between 1000000 4020000 30 ltac:(between)). lra.
Qed.

(** C23. With beta1 = 0 no gradients violate it before, whatever beta2. *)
Theorem lemma_10_4_before_31 : forall (beta2 : R) (T : nat), 0 < beta2 < 1 -> (T <= 30)%nat ->
  Lemma_10_4 0 beta2 T.
Proof.
  intros beta2 T Hb2 HT alpha theta0 g _ gamma. set (r := algorithm_1 _ _ _ _ _).
  assert (Hg : gamma = 0) by (unfold gamma, Rdiv; rewrite pow_i by lia; ring).
  assert (Hc : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra). set (c := sqrt (1 - beta2)) in *.
  assert (Hd : forall q (a : nat -> R) t, q = 0 -> (1 <= t)%nat -> discounted q a t = a t).
  { intros q a [|t] -> Ht; [lia|]. cbn [discounted]. ring. }
  apply Rle_trans with (1 / c * \sum_(t <= T) Rabs (g t) / sqrt (INR t)).
  - rewrite <- sum_scale. apply sum_le; intros t Ht. unfold m_hat, v_hat, r.
    assert (Hs := sqrt_INR_pos t ltac:(lia)).
    eapply Rle_trans; [apply (moment_term 0 beta2 _ _ (Rabs (g t) / c)); try lra; try lia|].
    + rewrite algorithm_1_v. apply Rmult_le_pos; [lra|].
      apply discounted_nonneg; [lra | intros; apply pow2_ge_0].
    + apply Rmult_le_pos; [apply Rabs_pos | left; apply Rinv_0_lt_compat; assumption].
    + rewrite algorithm_1_m, Hd by (reflexivity || lia).
      assert (Hv : (c * Rabs (g t)) <= sqrt (v (algorithm_1 alpha 0 beta2 theta0 g) t)).
      { rewrite <- sqrt_squared_abs. unfold c. rewrite <- sqrt_mult by (try apply pow2_ge_0; lra).
        apply sqrt_le_1_alt. rewrite algorithm_1_v. apply Rmult_le_compat_l; [lra|].
        destruct t as [|n]; [lia|]. cbn [discounted].
        assert (0 <= discounted beta2 (fun i => g i ^ 2) n)
          by (apply discounted_nonneg; [lra | intros; apply pow2_ge_0]). nra. }
      apply Rle_trans with (Rabs (g t) / c * (c * Rabs (g t))).
      * right. rewrite <- (pow2_abs ((1 - 0) * g t)), Rabs_mult, Rabs_right by lra. field. lra.
      * apply Rmult_le_compat_l; [|assumption].
        apply Rmult_le_pos; [apply Rabs_pos | left; apply Rinv_0_lt_compat; assumption].
    + right. rewrite pow_i by lia. field. lra.
  - rewrite Hg. apply Rle_trans with (1 / c * (2 * norm g T)); [|right; field; lra].
    apply Rmult_le_compat_l; [left; apply Rdiv_lt_0_compat; lra|].
    eapply Rle_trans; [apply sum_over_roots_le|].
    apply Rmult_le_compat_r; [apply norm_nonneg|].
    rewrite <- (sqrt_pow2 2) by lra. apply sqrt_le_1_alt.
    assert (Hm := harmonic_mono _ _ HT). assert (H30 := harmonic_between 1000000 4000000 30
      ltac:(between)). lra.
Qed.

(** *** Inside its proof *)

Lemma gamma_nonneg beta1 beta2 : 0 < beta2 -> 0 <= beta1 ^ 2 / sqrt beta2.
Proof.
  intros. apply Rmult_le_pos; [apply pow2_ge_0|].
  left; apply Rinv_0_lt_compat, sqrt_lt_R0; assumption.
Qed.

(** N26. New: the line after "Similarly" is true, even without its factor t / sqrt t: every
    term of the sum has this bound (in the paper's own line (d) it is sqrt t times as large). *)
Theorem one_moment_bound : forall alpha beta1 beta2 theta0 g (t : nat), (1 <= t)%nat ->
  0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  let gamma := beta1 ^ 2 / sqrt beta2 in
  let r := algorithm_1 alpha beta1 beta2 theta0 g in
  ratio (m_hat beta1 r t ^ 2) (sqrt (INR t * v_hat beta2 r t))
  <= 1 / sqrt (1 - beta2) * (\sum_(k <= t) gamma ^ (t - k) * Rabs (g k)).
Proof.
  intros alpha beta1 beta2 theta0 g t Ht Hb1 Hb2 gamma r.
  assert (Hs : 0 < sqrt beta2) by (apply sqrt_lt_R0; lra).
  assert (Hs2 := sqrt_sqrt beta2 ltac:(lra)).
  assert (Hg : gamma * sqrt beta2 = beta1 ^ 2) by (unfold gamma; field; lra).
  assert (Hg0 : 0 <= gamma).
  { apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; assumption]. }
  set (a := fun k => Rabs (g k)). assert (Ha : forall k, 0 <= a k) by (intros; apply Rabs_pos).
  set (S := discounted beta1 a). set (E := discounted gamma a).
  set (Y := discounted (sqrt beta2) a).
  set (Q := discounted beta2 (fun k => a k ^ 2)).
  assert (Hpos : forall t, 0 <= S t /\ 0 <= E t /\ 0 <= Y t /\ 0 <= Q t).
  { intros; repeat split; apply discounted_nonneg; intros; try lra; try apply Ha.
    apply pow2_ge_0. }
  assert (HSEY : forall t, S t ^ 2 <= E t * Y t).
  { clear Ht t r. induction t as [|t IH]; [unfold S, E; simpl; lra|].
    change ((beta1 * S t + a (Datatypes.S t)) ^ 2
      <= (gamma * E t + a (Datatypes.S t)) * (sqrt beta2 * Y t + a (Datatypes.S t))).
    destruct (Hpos t) as (HS & HE & HY & _). assert (Hx := Ha (Datatypes.S t)).
    set (x := a (Datatypes.S t)) in *. set (e := gamma * E t) in *.
    set (y := sqrt beta2 * Y t) in *.
    assert (He : 0 <= e) by (apply Rmult_le_pos; assumption).
    assert (Hy : 0 <= y) by (apply Rmult_le_pos; lra).
    assert (Hsey : (beta1 * S t) ^ 2 <= e * y).
    { replace (e * y) with (gamma * sqrt beta2 * (E t * Y t)) by (unfold e, y; ring).
      rewrite Hg, Rpow_mult_distr. apply Rmult_le_compat_l; [apply pow2_ge_0 | assumption]. }
    assert (Hz : 0 <= beta1 * S t) by (apply Rmult_le_pos; lra).
    set (z := beta1 * S t) in *. clearbody x e y z. clear - Hsey Hz He Hy Hx.
    assert (Hzey : 2 * z <= e + y).
    { apply le_of_squares; [lra|]. assert (0 <= (e - y) ^ 2) by apply pow2_ge_0. lra. }
    assert (2 * z * x <= (e + y) * x) by (apply Rmult_le_compat_r; assumption). lra. }
  assert (HYQ : forall t, Y t ^ 2 <= INR t * Q t).
  { clear Ht t r. induction t as [|t IH]; [unfold Y; simpl; lra|]. rewrite S_INR.
    change ((sqrt beta2 * Y t + a (Datatypes.S t)) ^ 2
      <= (INR t + 1) * (beta2 * Q t + a (Datatypes.S t) ^ 2)).
    destruct (Hpos t) as (_ & _ & HY & HQ). assert (Hn := pos_INR t).
    set (x := a (Datatypes.S t)) in *. set (n := INR t) in *.
    assert (Hy : (sqrt beta2 * Y t) ^ 2 <= n * (beta2 * Q t)).
    { replace ((sqrt beta2 * Y t) ^ 2) with (sqrt beta2 * sqrt beta2 * Y t ^ 2) by ring.
      rewrite Hs2. replace (n * (beta2 * Q t)) with (beta2 * (n * Q t)) by ring.
      apply Rmult_le_compat_l; lra. }
    assert (Hq : 0 <= beta2 * Q t) by (apply Rmult_le_pos; lra).
    assert (Hyy : 0 <= sqrt beta2 * Y t) by (apply Rmult_le_pos; lra).
    set (y := sqrt beta2 * Y t) in *. set (q := beta2 * Q t) in *.
    assert (Hx : 0 <= x) by apply Ha. clearbody x y q n. clear - Hy Hq Hyy Hx Hn.
    (* (y + x)^2 <= (n + 1) (q + x^2) as 2 y x <= q + n x^2 *)
    assert (2 * y * x <= q + n * x ^ 2); [|lra].
    assert (0 <= n * x ^ 2) by (apply Rmult_le_pos; [assumption | apply pow2_ge_0]).
    apply le_of_squares; [lra|]. apply Rle_trans with (4 * (n * q) * x ^ 2).
    - replace ((2 * y * x) ^ 2) with (4 * y ^ 2 * x ^ 2) by ring.
      apply Rmult_le_compat_r; [apply pow2_ge_0 | lra].
    - assert (0 <= (q - n * x ^ 2) ^ 2) by apply pow2_ge_0. lra. }
  assert (Hv : v r t = (1 - beta2) * Q t).
  { unfold r. rewrite algorithm_1_v. f_equal. unfold Q. rewrite !discounted_sum.
    apply sum_ext; intros. unfold a. rewrite pow2_abs. reflexivity. }
  assert (Hm : Rabs (m r t) <= (1 - beta1) * S t).
  { unfold r. rewrite algorithm_1_m, Rabs_mult, (Rabs_right (1 - beta1)) by lra.
    apply Rmult_le_compat_l; [lra|]. apply discounted_abs; lra. }
  destruct (Hpos t) as (HS & HE & HY & HQ).
  assert (Hc : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra). set (c := sqrt (1 - beta2)) in *.
  assert (Hn := sqrt_INR_pos t Ht). assert (HYv : c * Y t <= sqrt (INR t) * sqrt (v r t)).
  { unfold c. rewrite <- (sqrt_pow2 (Y t)) by assumption.
    rewrite <- !sqrt_mult by (try apply pos_INR; try apply pow2_ge_0; try rewrite Hv; try lra;
      apply Rmult_le_pos; lra).
    apply sqrt_le_1_alt. rewrite Hv. replace (INR t * ((1 - beta2) * Q t))
      with ((1 - beta2) * (INR t * Q t)) by ring. apply Rmult_le_compat_l; [lra | apply HYQ]. }
  assert (Hp := pow_lt_1 beta1 t Hb1 Ht).
  assert (Hpb := pow_le_base beta1 t Hb1 Ht).
  assert (HL : 0 <= (1 - beta1) ^ 2 * E t * sqrt (INR t) / c).
  { apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; assumption].
    apply Rmult_le_pos; [|lra]. apply Rmult_le_pos; [apply pow2_ge_0 | assumption]. }
  assert (Hb2' : 0 <= beta2 < 1) by lra.
  eapply Rle_trans; [apply (fun H1 H2 => moment_term _ _ _ _ _ t Hb1 Hb2' Ht H1 HL H2)|].
  - rewrite Hv. apply Rmult_le_pos; lra.
  - rewrite <- (pow2_abs (m r t)).
    apply Rle_trans with (((1 - beta1) * S t) ^ 2);
      [apply pow_incr; split; [apply Rabs_pos | assumption]|].
    rewrite Rpow_mult_distr.
    apply Rle_trans with ((1 - beta1) ^ 2 * (E t * Y t));
      [apply Rmult_le_compat_l; [apply pow2_ge_0 | apply HSEY]|].
    replace ((1 - beta1) ^ 2 * (E t * Y t)) with ((1 - beta1) ^ 2 * E t / c * (c * Y t))
      by (field; lra).
    replace ((1 - beta1) ^ 2 * E t * sqrt (INR t) / c * sqrt (v r t))
      with ((1 - beta1) ^ 2 * E t / c * (sqrt (INR t) * sqrt (v r t)))
      by (generalize ((1 - beta1) ^ 2); intros; unfold Rdiv; ring).
    apply Rmult_le_compat_l; [|assumption].
    apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; assumption].
    apply Rmult_le_pos; [apply pow2_ge_0 | assumption].
  - replace ((1 - beta1) ^ 2 * E t * sqrt (INR t) / c / sqrt (INR t) / (1 - beta1 ^ t) ^ 2)
      with (1 / c * E t * ((1 - beta1) ^ 2 / (1 - beta1 ^ t) ^ 2)) by (field; lra).
    rewrite <- (discounted_sum gamma a). fold E.
    apply Rle_trans with (1 / c * E t * 1); [apply Rmult_le_compat_l | right; ring].
    + apply Rmult_le_pos; [|assumption]. apply Rmult_le_pos; [lra|].
      left; apply Rinv_0_lt_compat; assumption.
    + apply div_le; [apply pow_lt; lra|]. rewrite Rmult_1_l. apply pow_incr; lra.
Qed.

(** C63. Holds: the lines (a) to (d) that bound the last term of the sum. (a) *)
Theorem line_a : forall (beta1 beta2 : R) (T : nat), (1 <= T)%nat ->
  0 <= beta1 < 1 -> 0 <= beta2 < 1 ->
  sqrt (1 - beta2 ^ T) / (1 - beta1 ^ T) ^ 2 <= 1 / (1 - beta1) ^ 2.
Proof.
  intros beta1 beta2 T HT Hb1 Hb2. assert (Hp := pow_lt_1 beta1 T Hb1 HT).
  assert (Hpb := pow_le_base beta1 T Hb1 HT).
  assert (H2 : 0 <= beta2 ^ T) by (apply pow_le; lra). assert (Hp2 := pow_lt_1 beta2 T Hb2 HT).
  assert (sqrt (1 - beta2 ^ T) <= 1)
    by (rewrite <- sqrt_1 at 2; apply sqrt_le_1_alt; lra).
  apply Rmult_le_compat; [apply sqrt_pos | | assumption |].
  - left. apply Rinv_0_lt_compat. nra.
  - apply Rinv_le_contravar; [nra | apply pow_incr; lra].
Qed.

(** C63. (b) *)
Theorem line_b : forall (x : nat -> R) (T : nat),
  (\sum_(k <= T) x k) ^ 2 <= INR T * (\sum_(k <= T) x k ^ 2).
Proof.
  intros x T. assert (H := cauchy_schwarz (fun _ => 1) x T). cbv beta in H.
  rewrite (sum_const (1 ^ 2)) in H.
  rewrite (sum_ext _ (fun k => x k)) in H by (intros; ring). lra.
Qed.

(** C63. (c) *)
Theorem line_c : forall (beta2 : R) (g : nat -> R) (k T : nat), (1 <= k <= T)%nat ->
  0 <= beta2 < 1 ->
  (1 - beta2) * beta2 ^ (T - k) * g k ^ 2
  <= \sum_(j <= T) (1 - beta2) * beta2 ^ (T - j) * g j ^ 2.
Proof.
  intros beta2 g k T Hk Hb. apply (sum_term_le (fun j => (1 - beta2) * beta2 ^ (T - j) * g j ^ 2));
    [|assumption].
  intros. apply Rmult_le_pos; [|apply pow2_ge_0].
  apply Rmult_le_pos; [lra | apply pow_le; lra].
Qed.

(** C63. (d) *)
Theorem line_d : forall alpha beta1 beta2 theta0 g (T : nat), (1 <= T)%nat ->
  0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  let gamma := beta1 ^ 2 / sqrt beta2 in
  let r := algorithm_1 alpha beta1 beta2 theta0 g in
  ratio (m_hat beta1 r T ^ 2) (sqrt (INR T * v_hat beta2 r T))
  <= INR T / sqrt (INR T * (1 - beta2)) * (\sum_(k <= T) gamma ^ (T - k) * Rabs (g k)).
Proof.
  intros alpha beta1 beta2 theta0 g T HT Hb1 Hb2 gamma r.
  eapply Rle_trans; [apply one_moment_bound; assumption|]. fold gamma.
  apply Rmult_le_compat_r.
  - apply sum_nonneg; intros.
    apply Rmult_le_pos; [apply pow_le, gamma_nonneg; lra | apply Rabs_pos].
  - assert (Hc : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
    assert (Hs : 1 <= sqrt (INR T)) by (apply sqrt_INR_ge_1; assumption).
    assert (Hs2 := sqrt_sqrt (INR T) (pos_INR _)).
    rewrite sqrt_mult_alt by apply pos_INR. set (s := sqrt (INR T)) in *. rewrite <- Hs2.
    replace (s * s / (s * sqrt (1 - beta2))) with (s * (1 / sqrt (1 - beta2))) by (field; lra).
    assert (0 < 1 / sqrt (1 - beta2)) by (apply Rdiv_lt_0_compat; lra). nra.
Qed.

(** "Similarly" for the other terms, and the sums are swapped: the bounds of line (d), added
    up, would be at most the paper's next line. Refuted: T = 2, gamma = 1/2, g = (1, 0); the swap
    gives sqrt(k + j) where the paper has sqrt k. (The line itself is true, N26.) *)
Definition Line_d_summed : Prop := forall (beta1 beta2 : R) (g : nat -> R) (T : nat), bounded g ->
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> let gamma := beta1 ^ 2 / sqrt beta2 in gamma < 1 ->
  \sum_(t <= T) INR t / sqrt (INR t * (1 - beta2)) * (\sum_(k <= t) gamma ^ (t - k) * Rabs (g k))
  <= \sum_(t <= T) Rabs (g t) / sqrt (INR t * (1 - beta2))
     * (\sum_(j <= T + 1 - t) INR t * gamma ^ (j - 1)).

(** C64. Refuted: T = 2, gamma = 1/2, g = (1, 0). *)
Theorem line_d_summed_refuted : ~ Line_d_summed.
Proof.
  intros H. specialize (H (1 / 2) (1 / 4) (fun t => if Nat.eqb t 1 then 1 else 0) 2%nat
    (pair_bounded 1 1 0 ltac:(rewrite Rabs_R1; lra) ltac:(rewrite Rabs_R0; lra))).
  assert (Hr : sqrt (1 / 4) = 1 / 2).
  { rewrite <- (sqrt_pow2 (1 / 2)) by lra. f_equal. field. }
  rewrite Hr in H. cbv zeta in H. simpl in H. rewrite Rabs_R0, Rabs_R1 in H.
  assert (Hlt : sqrt ((1 + 1) * (1 - 1 / 4)) < 2 * sqrt (1 * (1 - 1 / 4))).
  { rewrite <- (sqrt_pow2 2) by lra. rewrite <- sqrt_mult by lra. apply sqrt_lt_1_alt. lra. }
  assert (Hx : 0 < sqrt (1 * (1 - 1 / 4))) by (apply sqrt_lt_R0; lra).
  assert (Hy : 0 < sqrt ((1 + 1) * (1 - 1 / 4))) by (apply sqrt_lt_R0; lra).
  set (x := sqrt (1 * (1 - 1 / 4))) in *. set (y := sqrt ((1 + 1) * (1 - 1 / 4))) in *.
  specialize (H ltac:(lra) ltac:(lra) ltac:(lra)).
  assert (Hxy : 1 / x < 2 / y).
  { apply Rmult_lt_reg_r with (x * y); [nra|].
    replace (1 / x * (x * y)) with y by (field; lra).
    replace (2 / y * (x * y)) with (2 * x) by (field; lra). lra. }
  unfold Rdiv in *. lra.
Qed.

(** N26. New: so, with the sums swapped, the paper's line without its factor t / sqrt t (with it
    the line is weaker), and for gamma < 1 Lemma 10.4 with sqrt T in the place of its 2. *)
Theorem line_after_similarly : forall alpha beta1 beta2 theta0 g (T : nat),
  0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  let gamma := beta1 ^ 2 / sqrt beta2 in
  let r := algorithm_1 alpha beta1 beta2 theta0 g in
  sum_of_moments beta1 beta2 r T
  <= \sum_(t <= T) Rabs (g t) / sqrt (1 - beta2) * (\sum_(j <= T + 1 - t) gamma ^ (j - 1))
  /\ (gamma < 1 ->
      sum_of_moments beta1 beta2 r T
      <= sqrt (INR T) / (1 - gamma) * (1 / sqrt (1 - beta2)) * norm g T).
Proof.
  intros alpha beta1 beta2 theta0 g T Hb1 Hb2 gamma r.
  assert (Hg : 0 <= gamma) by (apply gamma_nonneg; lra).
  assert (Hc : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra). set (c := sqrt (1 - beta2)) in *.
  assert (H : sum_of_moments beta1 beta2 r T
    <= \sum_(t <= T) Rabs (g t) / c * (\sum_(j <= T + 1 - t) gamma ^ (j - 1))).
  { apply Rle_trans with (1 / c * \sum_(t <= T) (\sum_(k <= t) gamma ^ (t - k) * Rabs (g k))).
    - rewrite <- sum_scale. apply sum_le; intros t Ht.
      apply one_moment_bound; [lia | assumption | assumption].
    - right. rewrite sum_triangle, <- sum_scale. apply sum_ext; intros t Ht.
      replace (Rabs (g t) / c * sum (fun j => gamma ^ (j - 1)) (T + 1 - t))
        with (1 / c * (Rabs (g t) * sum (fun j => gamma ^ (j - 1)) (T + 1 - t)))
        by (unfold Rdiv; ring).
      f_equal. rewrite <- sum_scale. apply sum_ext; intros j Hj. rewrite Rmult_comm.
      do 2 f_equal. lia. }
  split; [exact H|]. intros Hg1. eapply Rle_trans; [exact H|].
  apply Rle_trans with (1 / (1 - gamma) * (1 / c) * \sum_(t <= T) Rabs (g t) * 1).
  - rewrite <- sum_scale. apply sum_le; intros t Ht.
    replace (1 / (1 - gamma) * (1 / c) * (Rabs (g t) * 1))
      with (Rabs (g t) / c * (1 / (1 - gamma))) by (field; lra).
    apply Rmult_le_compat_l; [|apply geometric_bound; lra].
    apply Rmult_le_pos; [apply Rabs_pos | left; apply Rinv_0_lt_compat; assumption].
  - replace (sqrt (INR T) / (1 - gamma) * (1 / c) * norm g T)
      with (1 / (1 - gamma) * (1 / c) * (norm g T * sqrt (INR T))) by (field; lra).
    apply Rmult_le_compat_l.
    + apply Rmult_le_pos; left; apply Rdiv_lt_0_compat; lra.
    + eapply Rle_trans; [apply Rle_abs|]. eapply Rle_trans; [apply cauchy_schwarz_sqrt|].
      right. unfold norm. f_equal; f_equal.
      * apply sum_ext; intros; apply pow2_abs.
      * rewrite sum_const. simpl. ring.
Qed.

(** N26. New: the printed line itself, with the factor. *)
Theorem printed_line_holds : forall alpha beta1 beta2 theta0 g (T : nat),
  0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  let gamma := beta1 ^ 2 / sqrt beta2 in
  sum_of_moments beta1 beta2 (algorithm_1 alpha beta1 beta2 theta0 g) T
  <= \sum_(t <= T) Rabs (g t) / sqrt (INR t * (1 - beta2))
     * (\sum_(j <= T + 1 - t) INR t * gamma ^ (j - 1)).
Proof.
  intros alpha beta1 beta2 theta0 g T Hb1 Hb2 gamma.
  destruct (line_after_similarly alpha beta1 beta2 theta0 g T Hb1 Hb2) as [H _]. cbv zeta in H.
  fold gamma in H. eapply Rle_trans; [exact H|]. apply sum_le; intros t Ht. rewrite sum_scale.
  assert (Hc : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hs := sqrt_INR_ge_1 t ltac:(lia)). assert (Hs2 := sqrt_sqrt (INR t) (pos_INR _)).
  rewrite sqrt_mult_alt by apply pos_INR. set (s := sqrt (INR t)) in *. rewrite <- Hs2.
  set (q := \sum_(j <= T + 1 - t) gamma ^ (j - 1)).
  assert (Hq : 0 <= Rabs (g t) / sqrt (1 - beta2) * q).
  { apply Rmult_le_pos.
    - apply Rmult_le_pos; [apply Rabs_pos | left; apply Rinv_0_lt_compat; assumption].
    - apply sum_nonneg; intros. apply pow_le, gamma_nonneg; lra. }
  replace (Rabs (g t) / (s * sqrt (1 - beta2)) * (s * s * q))
    with (s * (Rabs (g t) / sqrt (1 - beta2) * q)) by (field; lra).
  nra.
Qed.

(** N26. Lemma 10.4 as it stands, for T <= 4 and all betas with gamma < 1. *)
Theorem lemma_10_4_up_to_4 : forall (beta1 beta2 : R) (T : nat), (T <= 4)%nat ->
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> beta1 ^ 2 / sqrt beta2 < 1 -> Lemma_10_4 beta1 beta2 T.
Proof.
  intros beta1 beta2 T HT Hb1 Hb2 Hg alpha theta0 g _ gamma.
  destruct (line_after_similarly alpha beta1 beta2 theta0 g T Hb1 Hb2) as [_ H].
  eapply Rle_trans; [apply H; exact Hg|]. fold gamma in Hg |- *.
  assert (Hc : 0 < 1 / sqrt (1 - beta2))
    by (apply Rdiv_lt_0_compat; [lra | apply sqrt_lt_R0; lra]).
  apply Rmult_le_compat_r; [apply norm_nonneg|]. apply Rmult_le_compat_r; [lra|].
  apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|].
  rewrite <- (sqrt_pow2 2) by lra. apply sqrt_le_1_alt. apply le_INR in HT. simpl in HT. lra.
Qed.

(** "Using the upper bound on the arithmetic-geometric series": sum_j t gamma^j is bounded by
    1 / (1 - gamma)^2, although t is fixed in it. Refuted: T = 2, beta1 = 0, g = (0, 1). *)
Definition Fixed_index : Prop := forall (beta1 beta2 : R) (g : nat -> R) (T : nat), bounded g ->
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> let gamma := beta1 ^ 2 / sqrt beta2 in gamma < 1 ->
  \sum_(t <= T) Rabs (g t) / sqrt (INR t * (1 - beta2))
    * (\sum_(j <= T + 1) INR t * gamma ^ (j - 1))
  <= 1 / ((1 - gamma) ^ 2 * sqrt (1 - beta2)) * (\sum_(t <= T) Rabs (g t) / sqrt (INR t)).

(** C65. Refuted: T = 2, beta1 = 0, g = (0, 1). *)
Theorem fixed_index_refuted : ~ Fixed_index.
Proof.
  intros H. specialize (H 0 (1 / 2) (fun t => if Nat.eqb t 2 then 1 else 0) 2%nat
    (pair_bounded 2 1 0 ltac:(rewrite Rabs_R1; lra) ltac:(rewrite Rabs_R0; lra))).
  assert (Hg : 0 ^ 2 / sqrt (1 / 2) = 0) by (unfold Rdiv; ring).
  cbv zeta in H. rewrite Hg in H. simpl in H. rewrite Rabs_R0, Rabs_R1 in H.
  specialize (H ltac:(lra) ltac:(lra) ltac:(lra)).
  assert (Hs : sqrt ((1 + 1) * (1 - 1 / 2)) = 1)
    by (replace ((1 + 1) * (1 - 1 / 2)) with 1 by field; apply sqrt_1).
  rewrite Hs in H. assert (Hx : 0 < sqrt (1 - 1 / 2)) by (apply sqrt_lt_R0; lra).
  assert (Hy : 0 < sqrt (1 + 1)) by (apply sqrt_lt_R0; lra).
  assert (Hxy : sqrt (1 + 1) * sqrt (1 - 1 / 2) = 1)
    by (rewrite <- sqrt_mult, Hs by lra; reflexivity).
  set (x := sqrt (1 - 1 / 2)) in *. set (y := sqrt (1 + 1)) in *.
  rewrite sqrt_1 in H.
  replace (1 / ((1 - 0) * ((1 - 0) * 1) * x) * (0 + 0 / 1 + 1 / y)) with (1 / (y * x)) in H
    by (field; lra).
  rewrite Hxy in H. unfold Rdiv in H. lra.
Qed.

(** The proof of Lemma 10.4 ends with another right side than its statement,
    2 G_inf / ((1 - gamma)^2 sqrt(1 - beta2)) ||g_(1:T)||_2, and it is this that Theorem 10.5 uses.
    Refuted: T = 1, beta1 = 0, beta2 = 1/100, g_1 = G_inf = 2/5. *)
Definition Lemma_10_4_as_proved (beta1 beta2 G_inf : R) (T : nat) : Prop :=
  forall (alpha : nat -> R) (theta0 : R) (g : nat -> R),
  (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G_inf) ->
  let gamma := beta1 ^ 2 / sqrt beta2 in
  sum_of_moments beta1 beta2 (algorithm_1 alpha beta1 beta2 theta0 g) T
  <= 2 * G_inf / ((1 - gamma) ^ 2 * sqrt (1 - beta2)) * norm g T.

(** C24. Refuted: T = 1, beta1 = 0, beta2 = 1/100, g_1 = G_inf = 2/5. *)
Theorem lemma_10_4_as_proved_refuted : ~ Lemma_10_4_as_proved 0 (1 / 100) (2 / 5) 1.
Proof.
  intros H. specialize (H (fun _ => 1) 0 (fun _ => 2 / 5)). cbv zeta in H.
  assert (Hr : sqrt (2 / 5 * (2 / 5)) = 2 / 5) by (apply sqrt_square; lra).
  unfold norm, sum_of_moments, m_hat, v_hat in H. cbn [sum] in H.
  rewrite algorithm_1_m, algorithm_1_v in H. simpl in H.
  replace (1 * ((1 - 1 / 100) * (1 / 100 * 0 + 2 / 5 * (2 / 5 * 1)) / (1 - 1 / 100 * 1)))
    with (2 / 5 * (2 / 5)) in H by field.
  replace (0 + 2 / 5 * (2 / 5 * 1)) with (2 / 5 * (2 / 5)) in H by ring. rewrite Hr in H.
  unfold ratio in H.
  replace ((1 - 0) * (0 * 0 + 2 / 5) / (1 - 0 * 1)) with (2 / 5) in H by field.
  replace (0 * (0 * 1) / sqrt (1 / 100)) with 0 in H by (unfold Rdiv; ring).
  assert (Hc : 0.9 < sqrt (1 - 1 / 100)).
  { rewrite <- (sqrt_pow2 0.9) by lra. apply sqrt_lt_1_alt. lra. }
  set (c := sqrt (1 - 1 / 100)) in *.
  assert (Hle : 0 + 2 / 5 * (2 / 5 * 1) / (2 / 5)
    <= 2 * (2 / 5) / ((1 - 0) * ((1 - 0) * 1) * c) * (2 / 5))
    by (apply H; intros; rewrite Rabs_right; lra).
  replace (2 * (2 / 5) / ((1 - 0) * ((1 - 0) * 1) * c) * (2 / 5)) with (8 / 25 / c) in Hle
    by (field; lra).
  assert (8 / 25 / c < 2 / 5); [|lra].
  apply Rmult_lt_reg_r with c; [lra|]. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

(** *** What is true instead *)

(** Cauchy-Schwarz for S_t = sum beta1^(t-s) |g_s| and sum beta2^(t-s) g_s^2, by induction. *)
Lemma discounted_squared beta1 beta2 a t : 0 < beta2 ->
  (1 - beta1 ^ 2 / beta2) * discounted beta1 a t ^ 2 <= discounted beta2 (fun i => a i ^ 2) t.
Proof.
  intros Hb2. induction t as [|t IH]; [simpl; lra|]. cbn [discounted].
  set (S := discounted beta1 a t) in *. set (Q := discounted beta2 _ t) in *.
  set (x := a (Datatypes.S t)). set (k := 1 - beta1 ^ 2 / beta2) in *.
  assert (Hstep : beta2 * (k * S ^ 2) + x ^ 2 - k * (beta1 * S + x) ^ 2
    = (k * beta2 * S - beta1 * x) ^ 2 / beta2) by (unfold k; field; lra).
  assert (0 <= (k * beta2 * S - beta1 * x) ^ 2 / beta2).
  { apply Rmult_le_pos; [apply pow2_ge_0|]. left; apply Rinv_0_lt_compat; assumption. }
  assert (beta2 * (k * S ^ 2) <= beta2 * Q) by (apply Rmult_le_compat_l; lra). lra.
Qed.

(** Dividing each summand by its own root makes the sum larger. *)
Lemma discounted_over_root q a t : 0 <= q -> (forall i, (1 <= i <= t)%nat -> 0 <= a i) ->
  discounted q a t / sqrt (INR t) <= discounted q (fun i => a i / sqrt (INR i)) t.
Proof.
  intros Hq. destruct t as [|t]; intros Ha; [simpl; unfold Rdiv; lra|].
  induction t as [|t IH]; [simpl; unfold Rdiv; lra|].
  assert (H := IH ltac:(intros; apply Ha; lia)).
  change (discounted q a (S (S t))) with (q * discounted q a (S t) + a (S (S t))).
  change (discounted q (fun i => a i / sqrt (INR i)) (S (S t)))
    with (q * discounted q (fun i => a i / sqrt (INR i)) (S t)
          + a (S (S t)) / sqrt (INR (S (S t)))).
  unfold Rdiv at 1. rewrite Rmult_plus_distr_r. apply Rplus_le_compat_r. rewrite Rmult_assoc.
  apply Rmult_le_compat_l; [assumption|]. eapply Rle_trans; [|exact H].
  apply Rmult_le_compat_l; [apply discounted_nonneg; [assumption | intros; apply Ha; lia]|].
  apply Rinv_le_contravar; [apply sqrt_INR_pos; lia | apply sqrt_le_1_alt, le_INR; lia].
Qed.

(** The exchange of sums, by a potential: n_t = 1 + beta1 + ... + beta1^(t-1). *)
Lemma sum_of_discounted b a T : 0 <= b < 1 -> (forall i, (1 <= i <= T)%nat -> 0 <= a i) ->
  \sum_(t <= T) discounted b a t / ((1 - b ^ t) / (1 - b)) ^ 2 <= (1 + b) * sum a T.
Proof.
  intros Hb. destruct T as [|T]; intros Ha; [simpl; lra|].
  set (n := fun t => (1 - b ^ t) / (1 - b)).
  assert (Hn1 : n 1%nat = 1) by (unfold n; simpl; field; lra).
  assert (HnS : forall t, n (S t) = 1 + b * n t) by (intros; unfold n; simpl; field; lra).
  assert (Hn : forall t, 1 <= n (S t) /\ n t <= n (S t)).
  { induction t as [|t [IH1 IH2]]; [rewrite Hn1; unfold n; simpl; unfold Rdiv; lra|].
    rewrite (HnS (S t)). split; [nra|]. rewrite (HnS t) at 1. nra. }
  change (\sum_(t <= S T) discounted b a t / n t ^ 2 <= (1 + b) * sum a (S T)).
  assert (H : \sum_(t <= S T) discounted b a t / n t ^ 2 + b * discounted b a (S T) / n (S T)
              <= (1 + b) * sum a (S T)).
  { induction T as [|T IH].
    - cbn [sum discounted]. rewrite Hn1. lra.
    - specialize (IH ltac:(intros; apply Ha; lia)).
      rewrite (sum_S _ (S T)), (sum_S a (S T)).
      change (discounted b a (S (S T))) with (b * discounted b a (S T) + a (S (S T))).
      assert (Hx : 0 <= a (S (S T))) by (apply Ha; lia).
      assert (HW : 0 <= discounted b a (S T))
        by (apply discounted_nonneg; [lra | intros; apply Ha; lia]).
      destruct (Hn T) as [H1 _]. destruct (Hn (S T)) as [H2 H12]. assert (HnSS := HnS (S T)).
      set (W := discounted b a (S T)) in *. set (x := a (S (S T))) in *.
      set (p := n (S T)) in *. set (q := n (S (S T))) in *.
      (* 1/q^2 + b/q <= 1/p, as b p = q - 1 *)
      assert (Hpq : b * (1 / q ^ 2 + b / q) <= b / p).
      { replace (b / p) with (b * (1 / p)) by (field; lra). apply Rmult_le_compat_l; [lra|].
        apply Rmult_le_reg_r with (p * q ^ 2);
          [apply Rmult_lt_0_compat; [lra | apply pow_lt; lra]|].
        replace ((1 / q ^ 2 + b / q) * (p * q ^ 2)) with (p + b * p * q) by (field; lra).
        replace (1 / p * (p * q ^ 2)) with (q ^ 2) by (field; lra).
        replace (b * p) with (q - 1) by lra. lra. }
      assert (Hq : 1 / q ^ 2 + b / q <= 1 + b).
      { assert (1 <= q ^ 2) by (apply pow_R1_Rle; assumption).
        apply Rplus_le_compat; apply div_le; try lra.
        apply Rle_trans with (b * 1); [lra | apply Rmult_le_compat_l; lra]. }
      assert (Hsplit : (b * W + x) / q ^ 2 + b * (b * W + x) / q
        = W * (b * (1 / q ^ 2 + b / q)) + x * (1 / q ^ 2 + b / q)) by (field; lra).
      assert (W * (b * (1 / q ^ 2 + b / q)) <= W * (b / p))
        by (apply Rmult_le_compat_l; assumption).
      assert (x * (1 / q ^ 2 + b / q) <= x * (1 + b)) by (apply Rmult_le_compat_l; assumption).
      replace (b * W / p) with (W * (b / p)) in IH by (unfold Rdiv; ring). lra. }
  assert (0 <= b * discounted b a (S T) / n (S T)); [|lra].
  apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply discounted_nonneg; [lra | assumption]]|].
  left. apply Rinv_0_lt_compat. destruct (Hn T). lra.
Qed.

(** The quantity under the root of the repaired lemma. *)
Lemma spread_pos beta1 beta2 : 0 < beta2 < 1 -> 0 <= beta1 < sqrt beta2 ->
  0 < (1 - beta2) * (1 - beta1 ^ 2 / beta2).
Proof.
  intros Hb2 Hb1. apply Rmult_lt_0_compat; [lra|].
  assert (beta1 ^ 2 < beta2).
  { rewrite <- (pow2_sqrt beta2) by lra. assert (0 <= sqrt beta2) by apply sqrt_pos. nra. }
  assert (beta1 ^ 2 / beta2 < 1); [|lra].
  apply Rmult_lt_reg_r with beta2; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

(** The proof of Lemma 10.4 as repaired, for any first moments that are at most kappa S_t. *)
Lemma moments_bound beta1 beta2 kappa r g T : (1 <= T)%nat ->
  0 < beta2 < 1 -> 0 <= beta1 < sqrt beta2 -> 0 <= kappa ->
  (forall t, v r t = (1 - beta2) * discounted beta2 (fun i => g i ^ 2) t) ->
  (forall t, Rabs (m r t) <= kappa * discounted beta1 (fun i => Rabs (g i)) t) ->
  sum_of_moments beta1 beta2 r T
  <= (kappa / (1 - beta1)) ^ 2 * (1 + beta1) * sqrt (1 + ln (INR T))
     / sqrt ((1 - beta2) * (1 - beta1 ^ 2 / beta2)) * norm g T.
Proof.
  intros HT Hb2 Hb1 Hk Hv Hm.
  assert (Hsb : sqrt beta2 < 1) by (apply sqrt_below_1; lra).
  assert (Hb : 0 <= beta1 < 1) by lra.
  set (k := (1 - beta2) * (1 - beta1 ^ 2 / beta2)).
  assert (Hk0 : 0 < k) by (apply spread_pos; assumption).
  assert (Hc : 0 < sqrt k) by (apply sqrt_lt_R0; assumption). set (c := sqrt k) in *.
  set (S := discounted beta1 (fun i => Rabs (g i))) in *.
  assert (HS : forall t, 0 <= S t)
    by (intros; apply discounted_nonneg; [lra | intros; apply Rabs_pos]).
  (* c S_t <= sqrt v_t *)
  assert (HSv : forall t, c * S t <= sqrt (v r t)).
  { intros t. rewrite <- (sqrt_pow2 (S t)) by apply HS. unfold c.
    rewrite <- sqrt_mult by (try apply pow2_ge_0; lra). apply sqrt_le_1_alt.
    rewrite Hv. unfold k. rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|].
    eapply Rle_trans; [apply discounted_squared; lra|]. right.
    rewrite !discounted_sum. apply sum_ext; intros. rewrite pow2_abs. reflexivity. }
  set (n := fun t => (1 - beta1 ^ t) / (1 - beta1)).
  apply Rle_trans with
    ((kappa / (1 - beta1)) ^ 2 / c *
     \sum_(t <= T) discounted beta1 (fun i => Rabs (g i) / sqrt (INR i)) t / n t ^ 2).
  - rewrite <- sum_scale. apply sum_le; intros t Ht.
    assert (Hn : 0 < n t).
    { unfold n. assert (H := pow_lt_1 beta1 t Hb ltac:(lia)).
      apply Rmult_lt_0_compat; [lra | apply Rinv_0_lt_compat; lra]. }
    assert (Hv0 : 0 <= v r t).
    { rewrite Hv. apply Rmult_le_pos; [lra|]. apply discounted_nonneg; [lra|].
      intros; apply pow2_ge_0. }
    eapply Rle_trans; [apply (moment_term _ _ _ _ (kappa ^ 2 * S t / c)); try lra; try lia|].
    + apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; lra].
      apply Rmult_le_pos; [apply pow2_ge_0 | apply HS].
    + apply Rle_trans with (kappa ^ 2 * S t / c * (c * S t)).
      * replace (kappa ^ 2 * S t / c * (c * S t)) with ((kappa * S t) ^ 2) by (field; lra).
        rewrite <- (pow2_abs (m r t)). apply pow_incr. split; [apply Rabs_pos | apply Hm].
      * apply Rmult_le_compat_l; [|apply HSv].
        apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; lra].
        apply Rmult_le_pos; [apply pow2_ge_0 | apply HS].
    + assert (Hp : 1 - beta1 ^ t = n t * (1 - beta1)) by (unfold n; field; lra). rewrite Hp.
      assert (Hs := sqrt_INR_pos t ltac:(lia)).
      replace (kappa ^ 2 * S t / c / sqrt (INR t) / (n t * (1 - beta1)) ^ 2)
        with ((kappa / (1 - beta1)) ^ 2 / c / n t ^ 2 * (S t / sqrt (INR t))) by (field; lra).
      set (W := discounted beta1 (fun i => Rabs (g i) / sqrt (INR i)) t).
      replace ((kappa / (1 - beta1)) ^ 2 / c * (W / n t ^ 2))
        with ((kappa / (1 - beta1)) ^ 2 / c / n t ^ 2 * W)
        by (generalize ((kappa / (1 - beta1)) ^ 2); intros; unfold Rdiv; ring).
      apply Rmult_le_compat_l.
      * apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat, pow_lt, Hn].
        apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra].
      * apply discounted_over_root; [lra | intros; apply Rabs_pos].
  - assert (Hfac : 0 <= (kappa / (1 - beta1)) ^ 2 / c).
    { apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra]. }
    eapply Rle_trans; [apply Rmult_le_compat_l; [exact Hfac | apply sum_of_discounted; [lra|]]|].
    + intros i Hi. apply Rmult_le_pos; [apply Rabs_pos|].
      left; apply Rinv_0_lt_compat, sqrt_INR_pos; lia.
    + replace ((kappa / (1 - beta1)) ^ 2 * (1 + beta1) * sqrt (1 + ln (INR T)) / c * norm g T)
        with ((kappa / (1 - beta1)) ^ 2 / c * ((1 + beta1) * (sqrt (1 + ln (INR T)) * norm g T)))
        by (field; lra).
      apply Rmult_le_compat_l; [exact Hfac|]. apply Rmult_le_compat_l; [lra|].
      eapply Rle_trans; [apply sum_over_roots_le|].
      apply Rmult_le_compat_r; [apply norm_nonneg | apply sqrt_le_1_alt, harmonic_le; assumption].
Qed.

(** N27. New: Lemma 10.4 repaired, for Algorithm 1 with epsilon = 0, 0/0 := 0 and all gradients. *)
Theorem lemma_10_4_repaired_sharper : forall alpha beta1 beta2 theta0 g (T : nat), (1 <= T)%nat ->
  0 < beta2 < 1 -> 0 <= beta1 < sqrt beta2 ->
  sum_of_moments beta1 beta2 (algorithm_1 alpha beta1 beta2 theta0 g) T
  <= (1 + beta1) * sqrt (1 + ln (INR T)) / sqrt ((1 - beta2) * (1 - beta1 ^ 2 / beta2)) * norm g T.
Proof.
  intros alpha beta1 beta2 theta0 g T HT Hb2 Hb1.
  assert (Hsb : sqrt beta2 < 1) by (apply sqrt_below_1; lra).
  eapply Rle_trans; [apply (moments_bound beta1 beta2 (1 - beta1)); try assumption; try lra|].
  - intros. apply algorithm_1_v.
  - intros. rewrite algorithm_1_m, Rabs_mult, (Rabs_right (1 - beta1)) by lra.
    apply Rmult_le_compat_l; [lra|]. apply discounted_abs; lra.
  - right. replace ((1 - beta1) / (1 - beta1)) with 1 by (field; lra). rewrite pow1, Rmult_1_l.
    reflexivity.
Qed.

(** C25. New: its weaker form, with 1 / (1 - beta1) in place of 1 + beta1: for Algorithm 1 with
    epsilon = 0, 0/0 := 0 and all gradients. *)
Theorem lemma_10_4_repaired : forall alpha beta1 beta2 theta0 g (T : nat), (1 <= T)%nat ->
  0 < beta2 < 1 -> 0 <= beta1 < sqrt beta2 ->
  sum_of_moments beta1 beta2 (algorithm_1 alpha beta1 beta2 theta0 g) T
  <= sqrt (1 + ln (INR T))
     / ((1 - beta1) * sqrt ((1 - beta2) * (1 - beta1 ^ 2 / beta2))) * norm g T.
Proof.
  intros alpha beta1 beta2 theta0 g T HT Hb2 Hb1.
  assert (Hsb : sqrt beta2 < 1) by (apply sqrt_below_1; lra).
  eapply Rle_trans; [apply lemma_10_4_repaired_sharper; assumption|].
  apply Rmult_le_compat_r; [apply norm_nonneg|].
  assert (Hc := sqrt_lt_R0 _ (spread_pos beta1 beta2 Hb2 Hb1)).
  set (c := sqrt ((1 - beta2) * _)) in *. set (l := sqrt (1 + _)).
  assert (Hl : 0 <= l) by apply sqrt_pos.
  apply Rmult_le_reg_r with ((1 - beta1) * c); [apply Rmult_lt_0_compat; lra|].
  replace ((1 + beta1) * l / c * ((1 - beta1) * c)) with (l * (1 - beta1 ^ 2)) by (field; lra).
  replace (l / ((1 - beta1) * c) * ((1 - beta1) * c)) with l by (field; lra). nra.
Qed.

(** C25. No factor below 1 can be put before it for all betas: T = 1, beta1 = 0, small beta2. *)
Theorem lemma_10_4_repaired_sharp : forall k : R, 0 < k < 1 ->
  exists beta2, 0 < beta2 < 1 /\ forall alpha theta0,
  k * (sqrt (1 + ln (INR 1))
       / ((1 - 0) * sqrt ((1 - beta2) * (1 - 0 ^ 2 / beta2))) * norm (fun _ => 1) 1)
  < sum_of_moments 0 beta2 (algorithm_1 alpha 0 beta2 theta0 (fun _ => 1)) 1.
Proof.
  intros k Hk. exists ((1 - k ^ 2) / 2). set (b := (1 - k ^ 2) / 2).
  assert (Hb : 0 < b < 1 /\ k ^ 2 < 1 - b) by (unfold b; nra). destruct Hb as [Hb Hkb].
  split; [assumption|]. intros alpha theta0.
  assert (Hroot : k < sqrt (1 - b)).
  { rewrite <- (sqrt_pow2 k) by lra. apply sqrt_lt_1_alt. split; [apply pow2_ge_0 | assumption]. }
  assert (Hsum : sum_of_moments 0 b (algorithm_1 alpha 0 b theta0 (fun _ => 1)) 1 = 1).
  { unfold sum_of_moments, m_hat, v_hat, ratio. cbn [sum].
    rewrite algorithm_1_m, algorithm_1_v. simpl.
    replace (1 * ((1 - b) * (b * 0 + 1 * (1 * 1)) / (1 - b * 1))) with 1 by (field; lra).
    rewrite sqrt_1. field. }
  rewrite Hsum. unfold norm. simpl. rewrite ln_1. rewrite !Rmult_0_l.
  replace (1 + 0) with 1 by ring. replace (0 + 1 * (1 * 1)) with 1 by ring. rewrite sqrt_1.
  replace ((1 - b) * (1 - 0 / b)) with (1 - b) by (field; lra).
  set (w := sqrt (1 - b)) in *.
  replace (k * (1 / ((1 - 0) * w) * 1)) with (k / w) by (field; lra).
  apply Rmult_lt_reg_r with w; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

(** N25. New: the same for the algorithm of section 4, with its decaying beta_(1,t). *)
Theorem lemma_10_4_repaired_section_4 :
  forall alpha beta1 beta2 lam theta1 g (T : nat), (1 <= T)%nat ->
  0 < beta2 < 1 -> 0 <= beta1 < sqrt beta2 -> 0 <= lam <= 1 ->
  sum_of_moments beta1 beta2 (section_4 alpha beta1 beta2 lam theta1 g) T
  <= (1 + beta1) * sqrt (1 + ln (INR T))
     / ((1 - beta1) ^ 2 * sqrt ((1 - beta2) * (1 - beta1 ^ 2 / beta2))) * norm g T.
Proof.
  intros alpha beta1 beta2 lam theta1 g T HT Hb2 Hb1 Hl.
  assert (Hsb : sqrt beta2 < 1) by (apply sqrt_below_1; lra).
  eapply Rle_trans; [apply (moments_bound beta1 beta2 1); try assumption; try lra|].
  - intros. apply section_4_v.
  - intros. rewrite Rmult_1_l. apply section_4_m; lra.
  - assert (Hc := sqrt_lt_R0 _ (spread_pos beta1 beta2 Hb2 Hb1)). right. field. lra.
Qed.

(** Lemma 10.4 is a statement on Algorithm 1; the proof of Theorem 10.5 applies it to the
    decaying beta_(1,t) of section 4. Refuted for that algorithm: T = 2, beta1 = beta2 = 999/1000,
    lam = 1/2, g = (1/1000, 1). *)
Definition Lemma_10_4_for_section_4 : Prop :=
  forall alpha beta1 beta2 lam theta1 (g : nat -> R) (T : nat),
  let gamma := beta1 ^ 2 / sqrt beta2 in bounded g ->
  0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> gamma < 1 -> 0 < lam < 1 ->
  sum_of_moments beta1 beta2 (section_4 alpha beta1 beta2 lam theta1 g) T
  <= 2 / (1 - gamma) * (1 / sqrt (1 - beta2)) * norm g T.

(** C67. Refuted: T = 2, beta1 = beta2 = 999/1000, lam = 1/2, g = (1/1000, 1). *)
Theorem lemma_10_4_for_section_4_refuted : ~ Lemma_10_4_for_section_4.
Proof.
  intros H. set (b := 999 / 1000).
  set (g := fun t => if Nat.eqb t 1 then 1 / 1000 else 1).
  specialize (H 1 b b (1 / 2) 0 g 2%nat). cbv zeta in H.
  specialize (H (pair_bounded 1 (1 / 1000) 1 ltac:(rewrite Rabs_right; lra)
    ltac:(rewrite Rabs_R1; lra))).
  assert (Hb : 0.9994 <= sqrt b).
  { rewrite <- (sqrt_pow2 0.9994) by lra. apply sqrt_le_1_alt. unfold b. lra. }
  assert (Hg : 0 < b ^ 2 / sqrt b <= 0.9987).
  { split; [apply Rdiv_lt_0_compat; unfold b in *; lra|]. apply div_le; unfold b in *; lra. }
  assert (Hc : 0.0316 <= sqrt (1 - b)).
  { rewrite <- (sqrt_pow2 0.0316) by lra. apply sqrt_le_1_alt. unfold b. lra. }
  assert (Hn : norm g 2 <= 1.01).
  { unfold norm. rewrite <- (sqrt_pow2 1.01) by lra. apply sqrt_le_1_alt. unfold g. simpl. lra. }
  assert (Hn0 := norm_nonneg g 2).
  specialize (H ltac:(lra) ltac:(unfold b; lra) ltac:(unfold b; lra) ltac:(lra) ltac:(lra)).
  set (gamma := b ^ 2 / sqrt b) in *. set (k := sqrt (1 - b)) in *.
  (* the right side is at most 50000 *)
  assert (Hright : 2 / (1 - gamma) * (1 / k) * norm g 2 <= 50000).
  { apply Rle_trans with (1540 * (1 / 0.0316) * 1.01); [|lra].
    assert (0 < / (1 - gamma)) by (apply Rinv_0_lt_compat; lra).
    assert (0 < / k) by (apply Rinv_0_lt_compat; lra).
    apply Rmult_le_compat; [unfold Rdiv; nra | assumption | | assumption].
    apply Rmult_le_compat; [unfold Rdiv; lra | unfold Rdiv; lra | apply div_le; lra |].
    apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra. }
  (* the left side is at least its second term, at least 62000 *)
  set (r := section_4 1 b b (1 / 2) 0 g) in *.
  assert (Hm : 250 <= m_hat b r 2).
  { unfold m_hat, r. rewrite !(proj1 (section_4_state _ _ _ _ _ _ _)). unfold m, g, b. simpl. lra. }
  assert (Hv : v_hat b r 2 = (b * (1 / 1000) ^ 2 + 1 ^ 2) / (1 + b))
    by (apply v_hat_2; unfold b; lra).
  assert (Hw : 0 < sqrt (INR 2 * v_hat b r 2) <= 1.001).
  { rewrite Hv. split; [apply sqrt_lt_R0; unfold b; simpl; lra|].
    rewrite <- (sqrt_pow2 1.001) by lra. apply sqrt_le_1_alt. unfold b. simpl. lra. }
  unfold sum_of_moments in H. cbn [sum] in H.
  set (first := ratio (m_hat b r 1 ^ 2) _) in *.
  assert (Hfirst : 0 <= first).
  { unfold first, ratio. apply Rmult_le_pos; [apply pow2_ge_0|]. left. apply Rinv_0_lt_compat.
    apply sqrt_lt_R0. unfold r. rewrite v_hat_1 by (unfold b; lra). unfold g. simpl. lra. }
  set (w := sqrt (INR 2 * v_hat b r 2)) in *.
  assert (62000 <= ratio (m_hat b r 2 ^ 2) w); [|lra].
  unfold ratio. apply Rmult_le_reg_r with w; [lra|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
  assert (250 ^ 2 <= m_hat b r 2 ^ 2) by (apply pow_incr; lra). lra.
Qed.

(** C23, C25, N27. That m_hat and v_hat are those of Algorithm 1: its printed step is
    theta_(t+1) = theta_t - alpha_t m_hat_t / sqrt(v_hat_t). *)
Theorem algorithm_1_step : forall alpha beta1 beta2 theta0 g (t : nat), (1 <= t)%nat ->
  let r := algorithm_1 alpha beta1 beta2 theta0 g in
  theta r (t + 1) = theta r t - alpha t * ratio (m_hat beta1 r t) (sqrt (v_hat beta2 r t)).
Proof.
  intros alpha beta1 beta2 theta0 g [|t] Ht; [lia|]. rewrite Nat.add_1_r.
  unfold theta, m_hat, v_hat, m, v, algorithm_1, state, point.
  replace (S (S t) - 1)%nat with (S t) by lia. replace (S t - 1)%nat with t by lia. cbn [run].
  destruct (run _ free theta0 (0, 0) g t) as [[x y] [m0 v0]].
  unfold adam, free, fst, snd. rewrite Rplus_0_r. reflexivity.
Qed.

(** C23, C25, N25, N27. The only 0/0 in the sums of moments: where v_hat_t = 0, m_hat_t = 0. *)
Theorem only_zero_over_zero : forall beta1 beta2 (t : nat), (1 <= t)%nat -> 0 < beta2 < 1 ->
  (forall alpha theta0 g, let r := algorithm_1 alpha beta1 beta2 theta0 g in
   v_hat beta2 r t = 0 -> m_hat beta1 r t = 0) /\
  (forall alpha lam theta1 g, let r := section_4 alpha beta1 beta2 lam theta1 g in
   v_hat beta2 r t = 0 -> m_hat beta1 r t = 0).
Proof.
  intros beta1 beta2 t Ht Hb2. assert (Hp := pow_lt_1 beta2 t ltac:(lra) Ht).
  assert (Hz : forall r, (v r t = 0 -> m r t = 0) -> v_hat beta2 r t = 0 -> m_hat beta1 r t = 0).
  { intros r Hr H. unfold v_hat in H. unfold m_hat. rewrite Hr; [unfold Rdiv; ring|].
    apply Rmult_integral in H as [H|H]; [assumption|].
    assert (H0 : 0 < / (1 - beta2 ^ t)) by (apply Rinv_0_lt_compat; lra). lra. }
  split; intros; apply Hz; try assumption; intros H0.
  - apply (silent beta2 (fun _ => beta1) r g t); try assumption; try reflexivity;
      intros; apply algorithm_1_state.
  - apply (section_4_silent alpha beta1 beta2 lam theta1 g t Hb2), H0.
Qed.

(** ** The proof of Theorem 10.5 *)

(** The factor of the squared distances, sqrt(v_hat_t) / alpha_t; it is 0 for t = 0. *)
Definition c (alpha beta2 : R) (r : nat -> R * R * (R * R)) (t : nat) : R :=
  sqrt (v_hat beta2 r t) / (alpha / sqrt (INR t)).

(** C26. Holds: sqrt(v_hat_t) <= ||g_(1:t)||_2. *)
Theorem v_hat_at_most_norm : forall alpha beta1 beta2 lam theta1 g (t : nat), (1 <= t)%nat ->
  0 <= beta2 < 1 ->
  sqrt (v_hat beta2 (section_4 alpha beta1 beta2 lam theta1 g) t) <= norm g t.
Proof.
  intros alpha beta1 beta2 lam theta1 g t Ht Hb2. apply sqrt_le_1_alt.
  assert (Hp := pow_lt_1 beta2 t Hb2 Ht). unfold v_hat. apply div_le; [lra|].
  rewrite section_4_v. clear Ht Hp. induction t as [|t IH]; [simpl; lra|].
  rewrite sum_S. cbn [discounted].
  assert (H0 : 0 <= \sum_(i <= t) g i ^ 2) by (apply sum_nonneg; intros; apply pow2_ge_0).
  assert (Hg : 0 <= g (S t) ^ 2) by apply pow2_ge_0.
  assert (Hq : 0 <= beta2 ^ t <= 1) by (split; [apply pow_le | apply pow_le_1]; lra).
  cbn [pow] in *. set (q := beta2 ^ t) in *. set (s := \sum_(i <= t) _) in *.
  set (x := g (S t) * _) in *. set (Q := discounted beta2 _ t) in *.
  assert (beta2 * ((1 - beta2) * Q) <= beta2 * (s * (1 - q))) by (apply Rmult_le_compat_l; lra).
  assert (0 <= s * (1 - beta2)) by (apply Rmult_le_pos; lra).
  assert (0 <= x * (beta2 * (1 - q))) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]). lra.
Qed.

(** C26. Holds: sqrt(v_hat_t) <= G_inf. *)
Theorem v_hat_at_most_G_inf : forall alpha beta1 beta2 lam theta1 g G_inf (t : nat), (1 <= t)%nat ->
  0 <= beta2 < 1 -> (forall s, (1 <= s <= t)%nat -> Rabs (g s) <= G_inf) ->
  sqrt (v_hat beta2 (section_4 alpha beta1 beta2 lam theta1 g) t) <= G_inf.
Proof.
  intros alpha beta1 beta2 lam theta1 g G t Ht Hb2 HG.
  assert (HG0 : 0 <= G)
    by (specialize (HG 1%nat ltac:(lia)); assert (H := Rabs_pos (g 1%nat)); lra).
  rewrite <- (sqrt_pow2 G) by assumption. apply sqrt_le_1_alt.
  assert (Hp := pow_lt_1 beta2 t Hb2 Ht). unfold v_hat. apply div_le; [lra|].
  rewrite section_4_v, discounted_sum, <- geometric_weights.
  replace (G ^ 2 * ((1 - beta2) * (\sum_(i <= t) beta2 ^ (t - i))))
    with ((1 - beta2) * ((\sum_(i <= t) beta2 ^ (t - i)) * G ^ 2)) by ring.
  apply Rmult_le_compat_l; [lra|]. rewrite <- sum_scale_r. apply sum_le; intros i Hi.
  apply Rmult_le_compat_l; [apply pow_le; lra|]. apply pow_maj_Rabs, HG; lia.
Qed.

(** C26. Holds: in d coordinates the sums of Theorem 4.1 are at most d G_inf sqrt T, as Corollary
    4.2 says. *)
Theorem sums_of_the_corollary :
  forall alpha beta1 beta2 lam (theta1 : vector) (g : nat -> vector) G_inf (d T : nat),
  (1 <= T)%nat -> 0 <= beta2 < 1 -> 0 <= G_inf ->
  let r i := section_4 alpha beta1 beta2 lam (theta1 i) (fun t => g t i) in
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  \sum_(i <= d) norm (fun t => g t i) T <= INR d * G_inf * sqrt (INR T) /\
  \sum_(i <= d) sqrt (INR T * v_hat beta2 (r i) T)
  <= INR d * G_inf * sqrt (INR T).
Proof.
  intros alpha beta1 beta2 lam theta1 g G d T HT Hb2 HG0 r HG. rewrite Rmult_assoc, <- sum_const.
  split; apply sum_le; intros i Hi.
  - apply norm_le; [assumption|]. intros; apply HG; assumption.
  - rewrite sqrt_mult_alt by apply pos_INR. rewrite Rmult_comm.
    apply Rmult_le_compat_r; [apply sqrt_pos|]. apply v_hat_at_most_G_inf; try assumption.
    intros; apply HG; assumption.
Qed.

(** C26, N25. They hold for Algorithm 1 too: with lam = 1 the algorithm of section 4 is that. *)
Theorem section_4_with_lam_1 : forall alpha beta1 beta2 theta1 g (t : nat),
  section_4 alpha beta1 beta2 1 theta1 g t
  = algorithm_1 (fun t => alpha / sqrt (INR t)) beta1 beta2 theta1 g t.
Proof.
  intros alpha beta1 beta2 theta1 g t. unfold section_4, algorithm_1.
  induction t as [|t IH]; [reflexivity|]. cbn [run]. rewrite IH.
  destruct (run _ free theta1 (0, 0) g t) as [[x y] [m0 v0]].
  unfold adam_decayed_beta1, adam. rewrite pow1, Rmult_1_r. reflexivity.
Qed.

(** *** The game of the theorem, in one coordinate *)

Definition convex (f : R -> R) : Prop := forall x y s, 0 <= s <= 1 ->
  f (s * x + (1 - s) * y) <= s * f x + (1 - s) * f y.

(** All that Theorem 10.5 assumes: convex differentiable losses f_1, f_2, ... with derivatives
    f'_t bounded by G_inf on the whole line; the gradients are taken at the points played;
    theta_star minimises the sum of the losses on an interval [l, u]; D bounds the distances between
    the iterates (in one coordinate the paper's D and D_inf, and its G and G_inf, are the same). *)
Definition theorem_setting (alpha beta1 beta2 lam theta1 G_inf D l u theta_star : R)
    (f f' : nat -> R -> R) (g : nat -> R) (T : nat) : Prop :=
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  0 < alpha /\ 0 <= beta1 < 1 /\ 0 < beta2 < 1 /\ beta1 ^ 2 / sqrt beta2 < 1 /\ 0 < lam < 1 /\
  (1 <= T)%nat /\
  (forall t, convex (f t)) /\
  (forall t x, derivable_pt_lim (f t) x (f' t x)) /\
  (forall t x, Rabs (f' t x) <= G_inf) /\
  (forall t, (1 <= t <= T)%nat -> g t = f' t (theta r t)) /\
  l <= theta_star <= u /\
  (forall y, l <= y <= u -> \sum_(t <= T) f t theta_star <= \sum_(t <= T) f t y) /\
  (forall s t, (1 <= s <= T)%nat -> (1 <= t <= T)%nat -> Rabs (theta r s - theta r t) <= D).

(** Linear losses a_t theta. *)
Lemma linear_setting alpha beta1 beta2 lam theta1 G_inf D l u theta_star a T :
  let r := section_4 alpha beta1 beta2 lam theta1 a in
  0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> beta1 ^ 2 / sqrt beta2 < 1 -> 0 < lam < 1 ->
  (1 <= T)%nat -> (forall t, Rabs (a t) <= G_inf) -> l <= theta_star <= u ->
  (forall y, l <= y <= u -> sum a T * theta_star <= sum a T * y) ->
  (forall s t, (1 <= s <= T)%nat -> (1 <= t <= T)%nat -> Rabs (theta r s - theta r t) <= D) ->
  theorem_setting alpha beta1 beta2 lam theta1 G_inf D l u theta_star
    (fun t x => a t * x) (fun t _ => a t) a T.
Proof.
  intros r Ha Hb1 Hb2 Hg Hl HT HG Hs Hmin HD. unfold theorem_setting. fold r.
  do 6 (split; [assumption|]).
  split; [|split; [|split; [|split; [|split; [assumption|split; [|assumption]]]]]].
  - intros t x y s Hs01. right. ring.
  - intros t x. assert (H := derivable_pt_lim_scal id (a t) x 1 (derivable_pt_lim_id x)).
    rewrite Rmult_1_r in H. exact H.
  - intros; apply HG.
  - reflexivity.
  - intros y Hy. rewrite !sum_scale_r. apply Hmin; assumption.
Qed.

Lemma theta_1 alpha beta1 beta2 lam theta1 g :
  theta (section_4 alpha beta1 beta2 lam theta1 g) 1 = theta1.
Proof. reflexivity. Qed.

Lemma m_hat_1 alpha beta1 beta2 lam theta1 g : 0 <= beta1 < 1 ->
  m_hat beta1 (section_4 alpha beta1 beta2 lam theta1 g) 1 = g 1%nat.
Proof.
  intros. unfold m_hat. rewrite (proj1 (section_4_state _ _ _ _ _ _ _)). unfold m at 1. simpl.
  field. lra.
Qed.

(** A first gradient 1 makes a first step of length alpha. *)
Lemma first_round alpha beta1 beta2 lam theta1 g : 0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  g 1%nat = 1 -> let r := section_4 alpha beta1 beta2 lam theta1 g in
  theta r 2 = theta1 - alpha /\ c alpha beta2 r 1 = 1 / alpha.
Proof.
  intros Ha Hb1 Hb2 Hg r. assert (Hs : sqrt (v_hat beta2 r 1) = 1).
  { unfold r. rewrite v_hat_1, Hg by lra. rewrite pow1. apply sqrt_1. }
  split.
  - unfold r. rewrite (section_4_step alpha beta1 beta2 lam theta1 g 0). fold r. rewrite Hs.
    unfold r. rewrite m_hat_1, Hg, theta_1 by assumption. unfold ratio. simpl.
    rewrite sqrt_1. field.
  - unfold c. rewrite Hs. simpl. rewrite sqrt_1. field. lra.
Qed.

(** The gradients 1, x: losses theta and x theta. *)
Definition two (x : R) (t : nat) : R := match t with 1%nat => 1 | 2%nat => x | _ => 0 end.

Lemma two_distances alpha beta1 beta2 lam theta1 x : 0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 (two x) in
  forall s t, (1 <= s <= 2)%nat -> (1 <= t <= 2)%nat -> Rabs (theta r s - theta r t) <= alpha.
Proof.
  intros Ha Hb1 Hb2 r s t Hs Ht.
  destruct (first_round alpha beta1 beta2 lam theta1 (two x)) as [H2 _]; try assumption;
    [reflexivity|].
  fold r in H2. assert (H1 : theta r 1 = theta1) by reflexivity.
  assert (s = 1 \/ s = 2)%nat as [->| ->] by lia; assert (t = 1 \/ t = 2)%nat as [->| ->] by lia;
    rewrite ?H1, ?H2; unfold Rabs; destruct Rcase_abs; lra.
Qed.

Lemma two_setting beta1 beta2 theta1 G_inf D l u theta_star x T :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> beta1 ^ 2 / sqrt beta2 < 1 -> (1 <= T <= 2)%nat ->
  1 <= G_inf -> Rabs x <= G_inf -> l <= theta_star <= u ->
  (forall y, l <= y <= u -> sum (two x) T * theta_star <= sum (two x) T * y) -> 1 <= D ->
  theorem_setting 1 beta1 beta2 (1 / 2) theta1 G_inf D l u theta_star
    (fun t y => two x t * y) (fun t _ => two x t) (two x) T.
Proof.
  intros Hb1 Hb2 Hg HT HG Hx Hs Hmin HD. apply linear_setting; try assumption; try lra; try lia.
  - intros [|[|[|t]]]; simpl; rewrite ?Rabs_R0, ?Rabs_R1; lra.
  - intros s t Hs' Ht. eapply Rle_trans; [|exact HD]. apply two_distances; lra || lia.
Qed.

Lemma gamma_of_halves : (1 / 2) ^ 2 / sqrt (1 / 2) < 1.
Proof.
  assert (1 / 2 < sqrt (1 / 2)).
  { rewrite <- (sqrt_pow2 (1 / 2)) at 1 by lra. apply sqrt_lt_1_alt. lra. }
  apply Rmult_lt_reg_r with (sqrt (1 / 2)); [lra|]. unfold Rdiv at 1.
  rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

(** *** The lines that fail *)

(** When sqrt(v_hat_t) / alpha_t falls at t = 2. *)
Lemma metric_falls_iff : forall alpha beta1 beta2 lam theta1 g, 0 < alpha -> 0 <= beta2 < 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  c alpha beta2 r 2 < c alpha beta2 r 1 <-> g 2%nat ^ 2 < (1 - beta2) / 2 * g 1%nat ^ 2.
Proof.
  intros alpha beta1 beta2 lam theta1 g Ha Hb2 r.
  assert (Hc1 : c alpha beta2 r 1 = sqrt (g 1%nat ^ 2) / alpha).
  { unfold c, r. rewrite v_hat_1 by lra. simpl. rewrite sqrt_1. field. lra. }
  set (w := (beta2 * g 1%nat ^ 2 + g 2%nat ^ 2) / (1 + beta2)).
  assert (Hg1 : 0 <= g 1%nat ^ 2) by apply pow2_ge_0.
  assert (Hg2 : 0 <= g 2%nat ^ 2) by apply pow2_ge_0.
  assert (Hw : 0 <= w).
  { apply Rmult_le_pos; [nra | left; apply Rinv_0_lt_compat; lra]. }
  assert (Hc2 : c alpha beta2 r 2 = sqrt (2 * w) / alpha).
  { unfold c, r. rewrite v_hat_2 by lra. fold w. rewrite sqrt_mult by lra.
    replace (INR 2) with 2 by (simpl; ring). assert (0 < sqrt 2) by (apply sqrt_lt_R0; lra).
    field. lra. }
  rewrite Hc1, Hc2. assert (Hi : 0 < / alpha) by (apply Rinv_0_lt_compat; assumption).
  assert (Hww : (1 + beta2) * w = beta2 * g 1%nat ^ 2 + g 2%nat ^ 2) by (unfold w; field; lra).
  split; intros H.
  - apply Rmult_lt_reg_r in H; [|assumption]. apply sqrt_lt_0_alt in H. nra.
  - apply Rmult_lt_compat_r; [assumption|]. apply sqrt_lt_1_alt. split; [lra|]. nra.
Qed.

(** The proof of Theorem 10.5 uses, twice and without saying so, that sqrt(v_hat_t) / alpha_t does
    not decrease. *)
Definition Metric_does_not_decrease : Prop :=
  forall alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T,
  theorem_setting alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  forall t, (2 <= t <= T)%nat -> c alpha beta2 r (t - 1) <= c alpha beta2 r t.

(** C27. Refuted: T = 2, losses theta and 0. And for every alpha, beta1, beta2, lam and theta_1 it
    fails at t = 2 exactly if g_2^2 < (1 - beta2) / 2 g_1^2, as with the gradients 1, 0. *)
Theorem metric_does_not_decrease_refuted : ~ Metric_does_not_decrease /\
  forall alpha beta1 beta2 lam theta1 g, 0 < alpha -> 0 <= beta2 < 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  c alpha beta2 r 2 < c alpha beta2 r 1 <-> g 2%nat ^ 2 < (1 - beta2) / 2 * g 1%nat ^ 2.
Proof.
  split; [|exact metric_falls_iff]. intros Hm.
  assert (Hs := two_setting 0 (1 / 4) 1 1 1 0 1 0 0 2 ltac:(lra) ltac:(lra) ltac:(lra)
    ltac:(lia) ltac:(lra) ltac:(rewrite Rabs_R0; lra) ltac:(lra) ltac:(intros; simpl; lra)
    ltac:(lra)).
  specialize (Hm _ _ _ _ _ _ _ _ _ _ _ _ _ _ Hs 2%nat ltac:(lia)). simpl in Hm.
  apply Rle_not_lt in Hm. apply Hm, metric_falls_iff; simpl; lra.
Qed.

(** C30. "sqrt(v_hat_t) <= G_inf sqrt(1 - beta2)" in the last sum of the proof. Refuted: for
    constant gradients sqrt(v_hat_t) = G_inf in every round. *)
Theorem v_hat_of_constant_gradients : forall alpha beta1 beta2 lam theta1 G_inf (t : nat),
  (1 <= t)%nat -> 0 < beta2 < 1 -> 0 < G_inf ->
  let r := section_4 alpha beta1 beta2 lam theta1 (fun _ => G_inf) in
  sqrt (v_hat beta2 r t) = G_inf /\ G_inf * sqrt (1 - beta2) < sqrt (v_hat beta2 r t).
Proof.
  intros alpha beta1 beta2 lam theta1 G t Ht Hb2 HG r.
  assert (Hv : sqrt (v_hat beta2 r t) = G).
  { rewrite <- (sqrt_pow2 G) by lra. f_equal. unfold v_hat, r.
    assert (Hp := pow_lt_1 beta2 t ltac:(lra) Ht).
    rewrite section_4_v, discounted_sum, sum_scale_r, <- Rmult_assoc, geometric_weights.
    set (q := beta2 ^ t) in *. field. lra. }
  rewrite Hv. split; [reflexivity|].
  assert (sqrt (1 - beta2) < 1) by (apply sqrt_below_1; lra). nra.
Qed.

Definition Third_term_root (alpha beta1 beta2 lam theta1 G_inf : R) (g : nat -> R) (T : nat) :=
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let beta1_t t := beta1 * lam ^ (t - 1) in
  \sum_(t <= T) beta1_t t / (1 - beta1_t t) * sqrt (INR t * v_hat beta2 r t)
  <= G_inf * sqrt (1 - beta2) * \sum_(t <= T) beta1_t t / (1 - beta1_t t) * sqrt (INR t).

(** C30. So the line with these sums fails for every beta1 > 0 and from T = 1 on. *)
Theorem third_term_root_refuted : forall alpha beta1 beta2 lam theta1 G_inf (T : nat),
  (1 <= T)%nat -> 0 < beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 -> 0 < G_inf ->
  ~ Third_term_root alpha beta1 beta2 lam theta1 G_inf (fun _ => G_inf) T.
Proof.
  intros alpha beta1 beta2 lam theta1 G T HT Hb1 Hb2 Hl HG. unfold Third_term_root. cbv zeta.
  set (w := fun t => beta1 * lam ^ (t - 1) / (1 - beta1 * lam ^ (t - 1)) * sqrt (INR t)).
  set (r := section_4 _ _ _ _ _ _). apply Rlt_not_le.
  assert (Hw : forall t, (1 <= t)%nat -> 0 < w t).
  { intros t Ht. assert (0 < lam ^ (t - 1)) by (apply pow_lt; lra).
    assert (lam ^ (t - 1) <= 1) by (apply pow_le_1; lra).
    apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat; nra | apply sqrt_INR_pos; assumption]. }
  set (a := fun t => beta1 * lam ^ (t - 1) / (1 - beta1 * lam ^ (t - 1))
    * sqrt (INR t * v_hat beta2 r t)).
  assert (Ha : sum a T = G * sum w T).
  - rewrite <- sum_scale. apply sum_ext. intros t Ht. unfold a, r.
    rewrite sqrt_mult_alt by apply pos_INR.
    rewrite (proj1 (v_hat_of_constant_gradients _ _ _ _ _ G t ltac:(lia) Hb2 HG)).
    unfold w. ring.
  - change (G * sqrt (1 - beta2) * sum w T < sum a T). rewrite Ha.
    assert (0 < sum w T).
    { eapply Rlt_le_trans; [apply (Hw T HT)|]. apply (sum_term_le w); [|lia].
      intros; left; apply Hw; lia. }
    assert (sqrt (1 - beta2) < 1) by (apply sqrt_below_1; lra).
    assert (0 < G * sum w T) by (apply Rmult_lt_0_compat; assumption). nra.
Qed.

(** A missing assumption: D and D_inf bound the distances between iterates, the proof uses that
    they bound |theta_t - theta_star|. Refuted: T = 1, f_1(theta) = theta on [0, 1], theta_1 = 1,
    where D = 0. It is granted in the lines below. *)
Definition D_reaches_theta_star : Prop :=
  forall alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T,
  theorem_setting alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  forall t, (1 <= t <= T)%nat -> Rabs (theta r t - theta_star) <= D.

(** C32. Refuted, a missing assumption: T = 1. *)
Theorem D_reaches_theta_star_refuted : ~ D_reaches_theta_star.
Proof.
  intros H. assert (Hs : theorem_setting 1 0 (1 / 2) (1 / 2) 1 1 0 0 1 0
    (fun t x => two 0 t * x) (fun t _ => two 0 t) (two 0) 1).
  { apply linear_setting; try lra; try lia.
    - intros [|[|[|t]]]; simpl; rewrite ?Rabs_R0, ?Rabs_R1; lra.
    - intros y Hy. simpl. lra.
    - intros s t Hs Ht. replace s with 1%nat by lia. replace t with 1%nat by lia.
      rewrite Rminus_diag_eq, Rabs_R0 by reflexivity. lra. }
  specialize (H _ _ _ _ _ _ _ _ _ _ _ _ _ _ Hs 1%nat ltac:(lia)).
  rewrite theta_1, Rminus_0_r, Rabs_R1 in H. lra.
Qed.

(** The telescoping sum, "From the assumption ...": with A_t = (theta_t - theta_star)^2 and
    c_t = sqrt(v_hat_t) / alpha_t, c_1 A_1 + sum_(t=2..T) A_t (c_t - c_(t-1))
    <= D^2 sqrt(T v_hat_T) / alpha. Refuted, even granting |theta_t - theta_star| <= D: T = 2,
    alpha = 1, beta1 = 0, beta2 = 1/4, f_1(theta) = theta, f_2 = 0 on [0, 1], theta_1 = 1. *)
Definition Telescoping_sum : Prop :=
  forall alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T,
  theorem_setting alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let A t := (theta r t - theta_star) ^ 2 in
  let c := c alpha beta2 r in
  (forall t, (1 <= t <= T)%nat -> Rabs (theta r t - theta_star) <= D) ->
  c 1%nat * A 1%nat + \sum_(t <= T - 1) A (t + 1)%nat * (c (t + 1)%nat - c t)
  <= D ^ 2 * sqrt (INR T * v_hat beta2 r T) / alpha.

(** C28. Refuted: T = 2, alpha = 1, beta1 = 0, beta2 = 1/4, losses theta and 0. *)
Theorem telescoping_sum_refuted : ~ Telescoping_sum.
Proof.
  intros H. set (r := section_4 1 0 (1 / 4) (1 / 2) 1 (two 0)).
  destruct (first_round 1 0 (1 / 4) (1 / 2) 1 (two 0)) as [H2 Hc]; try lra; [reflexivity|].
  fold r in H2, Hc. assert (H1 : theta r 1 = 1) by reflexivity.
  assert (Hs := two_setting 0 (1 / 4) 1 1 1 0 1 0 0 2 ltac:(lra) ltac:(lra) ltac:(lra)
    ltac:(lia) ltac:(lra) ltac:(rewrite Rabs_R0; lra) ltac:(lra) ltac:(intros; simpl; lra)
    ltac:(lra)).
  specialize (H _ _ _ _ _ _ _ _ _ _ _ _ _ _ Hs). cbv zeta in H. fold r in H. simpl sum in H.
  rewrite Hc, H1, H2 in H. unfold r in H. rewrite v_hat_2 in H by lra. simpl in H.
  assert (Hr : sqrt ((1 + 1) * ((1 / 4 * (1 * (1 * 1)) + 0 * (0 * 1)) / (1 + 1 / 4))) < 1)
    by (apply sqrt_below_1; lra).
  set (w := sqrt _) in *. enough (1 / 1 * ((1 - 0) * ((1 - 0) * 1)) + 0 <= w) by lra.
  eapply Rle_trans; [|eapply Rle_trans; [apply H|]]; [lra| |lra].
  intros t Ht. rewrite Rminus_0_r. assert (t = 1 \/ t = 2)%nat as [->| ->] by lia.
  - fold r. rewrite H1, Rabs_R1. lra.
  - fold r. rewrite H2. rewrite Rminus_diag_eq, Rabs_R0 by reflexivity. lra.
Qed.

(** "The factor of A_t - A_(t+1)": (1 - beta1^t) / (1 - beta_(1,t)) is replaced by
    1 / (1 - beta1). Refuted where A_t < A_(t+1): T = 1, beta1 = 1/2, alpha = 1, f_1(theta) = theta
    on [-1/4, 0], theta_1 = 0, a step that overshoots. *)
Definition First_factor : Prop :=
  forall alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T,
  theorem_setting alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let A t := (theta r t - theta_star) ^ 2 in
  (forall t, (1 <= t <= T)%nat -> Rabs (theta r t - theta_star) <= D) ->
  forall t, (1 <= t <= T)%nat ->
  (1 - beta1 ^ t) / (1 - beta1 * lam ^ (t - 1)) * (c alpha beta2 r t / 2) * (A t - A (t + 1)%nat)
  <= c alpha beta2 r t / (2 * (1 - beta1)) * (A t - A (t + 1)%nat).

(** C29. Refuted: T = 1, beta1 = 1/2, alpha = 1, a step that overshoots. *)
Theorem first_factor_refuted : ~ First_factor.
Proof.
  intros H. set (r := section_4 1 (1 / 2) (1 / 2) (1 / 2) 0 (two 0)).
  destruct (first_round 1 (1 / 2) (1 / 2) (1 / 2) 0 (two 0)) as [H2 Hc]; try lra; [reflexivity|].
  fold r in H2, Hc. assert (H1 : theta r 1 = 0) by reflexivity.
  assert (Hs := two_setting (1 / 2) (1 / 2) 0 1 1 (- 1 / 4) 0 (- 1 / 4) 0 1 ltac:(lra) ltac:(lra)
    gamma_of_halves ltac:(lia) ltac:(lra) ltac:(rewrite Rabs_R0; lra) ltac:(lra)
    ltac:(intros; simpl; lra) ltac:(lra)).
  specialize (H _ _ _ _ _ _ _ _ _ _ _ _ _ _ Hs). cbv zeta in H. fold r in H.
  assert (Hd : forall t, (1 <= t <= 1)%nat -> Rabs (theta r t - - 1 / 4) <= 1).
  { intros t Ht. replace t with 1%nat by lia. rewrite H1, Rabs_right; lra. }
  specialize (H Hd 1%nat ltac:(lia)). simpl in H. rewrite Hc, H1, H2 in H. lra.
Qed.

(** C29. For 0 < beta1 and 0 < lam the replacement is right exactly where
    delta = A_t - A_(t+1) >= 0. *)
Theorem first_factor_iff : forall beta1 lam delta (t : nat), (1 <= t)%nat ->
  0 < beta1 < 1 -> 0 < lam <= 1 ->
  (1 - beta1 ^ t) / (1 - beta1 * lam ^ (t - 1)) * delta <= 1 / (1 - beta1) * delta <-> 0 <= delta.
Proof.
  intros beta1 lam delta t Ht Hb Hl.
  assert (Hp := pow_lt beta1 t ltac:(lra)). assert (Hp1 := pow_lt_1 beta1 t ltac:(lra) Ht).
  assert (H0 := pow_lt lam (t - 1) ltac:(lra)). assert (H1 := pow_le_1 lam (t - 1) ltac:(lra)).
  set (p := beta1 ^ t) in *. set (b := beta1 * lam ^ (t - 1)) in *.
  assert (Hbb : b <= beta1) by (unfold b; nra).
  assert (Hlt : (1 - p) / (1 - b) < 1 / (1 - beta1)).
  { apply Rmult_lt_reg_r with ((1 - b) * (1 - beta1)); [apply Rmult_lt_0_compat; lra|].
    replace ((1 - p) / (1 - b) * ((1 - b) * (1 - beta1))) with ((1 - p) * (1 - beta1))
      by (field; lra).
    replace (1 / (1 - beta1) * ((1 - b) * (1 - beta1))) with (1 - b) by (field; lra). nra. }
  split; intros H; [|apply Rmult_le_compat_r; lra].
  apply Rnot_lt_le. intros Hn. nra.
Qed.

(** The whole displayed inequality that follows from it, with Young's inequality:
    g_t (theta_t - theta_star) <= c_t / (2 (1 - beta1)) (A_t - A_(t+1))
    + beta_(1,t) / (2 (1 - beta_(1,t))) c_(t-1) A_t + beta1 / (2 (1 - beta1)) m_(t-1)^2 / c_(t-1)
    + 1 / (2 (1 - beta1)) m_hat_t^2 / c_t. Refuted in round 1 of f_1(theta) = theta,
    f_2(theta) = - 2 theta on [-2, 1], theta_1 = 0. (In round 1 the two terms in the middle are 0:
    v_0 = m_0 = 0.) *)
Definition Displayed_inequality : Prop :=
  forall alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T,
  theorem_setting alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let A t := (theta r t - theta_star) ^ 2 in
  let c := c alpha beta2 r in
  let beta1_t t := beta1 * lam ^ (t - 1) in
  (forall t, (1 <= t <= T)%nat -> Rabs (theta r t - theta_star) <= D) ->
  forall t, (1 <= t <= T)%nat ->
  g t * (theta r t - theta_star)
  <= c t / (2 * (1 - beta1)) * (A t - A (t + 1)%nat)
     + beta1_t t / (2 * (1 - beta1_t t)) * c (t - 1)%nat * A t
     + beta1 / (2 * (1 - beta1)) * ratio (m r (t - 1) ^ 2) (c (t - 1)%nat)
     + 1 / (2 * (1 - beta1)) * ratio (m_hat beta1 r t ^ 2) (c t).

(** C29. Refuted: T = 2, losses theta and - 2 theta, round 1. *)
Theorem displayed_inequality_refuted : ~ Displayed_inequality.
Proof.
  intros H. set (r := section_4 1 (1 / 2) (1 / 2) (1 / 2) 0 (two (-2))).
  destruct (first_round 1 (1 / 2) (1 / 2) (1 / 2) 0 (two (-2))) as [H2 Hc]; try lra; [reflexivity|].
  fold r in H2, Hc. assert (H1 : theta r 1 = 0) by reflexivity.
  assert (Hs := two_setting (1 / 2) (1 / 2) 0 2 2 (-2) 1 1 (-2) 2 ltac:(lra) ltac:(lra)
    gamma_of_halves ltac:(lia) ltac:(lra) ltac:(rewrite Rabs_left; lra) ltac:(lra)
    ltac:(intros; simpl; lra) ltac:(lra)).
  specialize (H _ _ _ _ _ _ _ _ _ _ _ _ _ _ Hs). cbv zeta in H. fold r in H.
  assert (Hd : forall t, (1 <= t <= 2)%nat -> Rabs (theta r t - 1) <= 2).
  { intros t Ht. assert (t = 1 \/ t = 2)%nat as [->| ->] by lia; rewrite ?H1, ?H2; unfold Rabs;
      destruct Rcase_abs; lra. }
  specialize (H Hd 1%nat ltac:(lia)). simpl (1 - 1)%nat in H. simpl (1 + 1)%nat in H.
  assert (Hc0 : c 1 (1 / 2) r 0 = 0).
  { unfold c. replace (v_hat (1 / 2) r 0) with 0 by (unfold v_hat, v, r; simpl; unfold Rdiv; ring).
    rewrite sqrt_0. unfold Rdiv. ring. }
  assert (Hm0 : m r 0 = 0) by reflexivity.
  assert (Hm1 : m_hat (1 / 2) r 1 = 1) by (apply m_hat_1; lra).
  rewrite Hc0, Hm0, Hm1, Hc, H1, H2 in H. unfold ratio, two in H.
  replace (0 ^ 2 / 0) with 0 in H by (unfold Rdiv; ring). lra.
Qed.

(** The index of c_(t-1) in the sum of the third terms is shifted to t without a word.
    Refuted: T = 2, alpha = 1, beta1 = beta2 = lam = 1/2, f_1(theta) = theta, f_2 = 0 on [0, 1],
    theta_1 = theta_star = 0. *)
Definition Shifted_index : Prop :=
  forall alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T,
  theorem_setting alpha beta1 beta2 lam theta1 G_inf D l u theta_star f f' g T ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let A t := (theta r t - theta_star) ^ 2 in
  let c := c alpha beta2 r in
  let beta1_t t := beta1 * lam ^ (t - 1) in
  (forall t, (1 <= t <= T)%nat -> Rabs (theta r t - theta_star) <= D) ->
  \sum_(t <= T - 1) beta1_t (t + 1)%nat / (2 * (1 - beta1_t (t + 1)%nat)) * A (t + 1)%nat * c t
  <= \sum_(t <= T) beta1_t t / (2 * (1 - beta1_t t)) * A t * c t.

(** C66. Refuted: T = 2, losses theta and 0. *)
Theorem shifted_index_refuted : ~ Shifted_index.
Proof.
  intros H. set (r := section_4 1 (1 / 2) (1 / 2) (1 / 2) 0 (two 0)).
  destruct (first_round 1 (1 / 2) (1 / 2) (1 / 2) 0 (two 0)) as [H2 Hc]; try lra; [reflexivity|].
  fold r in H2, Hc. assert (H1 : theta r 1 = 0) by reflexivity.
  assert (Hs := two_setting (1 / 2) (1 / 2) 0 1 1 0 1 0 0 2 ltac:(lra) ltac:(lra)
    gamma_of_halves ltac:(lia) ltac:(lra) ltac:(rewrite Rabs_R0; lra) ltac:(lra)
    ltac:(intros; simpl; lra) ltac:(lra)).
  specialize (H _ _ _ _ _ _ _ _ _ _ _ _ _ _ Hs). cbv zeta in H. fold r in H.
  assert (Hd : forall t, (1 <= t <= 2)%nat -> Rabs (theta r t - 0) <= 1).
  { intros t Ht. assert (t = 1 \/ t = 2)%nat as [->| ->] by lia; rewrite ?H1, ?H2; unfold Rabs;
      destruct Rcase_abs; lra. }
  specialize (H Hd). simpl in H. rewrite Hc, H1, H2 in H.
  assert (Hfall : c 1 (1 / 2) r 2 < c 1 (1 / 2) r 1) by (apply metric_falls_iff; simpl; lra).
  rewrite Hc in Hfall. lra.
Qed.

(** *** The lines that hold *)

Lemma c_nonneg alpha beta2 r t : 0 < alpha -> (1 <= t)%nat -> 0 <= c alpha beta2 r t.
Proof.
  intros Ha Ht. apply Rmult_le_pos; [apply sqrt_pos|]. left. apply Rinv_0_lt_compat.
  apply Rdiv_lt_0_compat; [assumption | apply sqrt_INR_pos; assumption].
Qed.

Lemma c_zero alpha beta1 beta2 lam theta1 g t : 0 < alpha -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  c alpha beta2 r t = 0 -> m r t = 0 /\ (forall s, (1 <= s <= t)%nat -> g s = 0).
Proof.
  intros Ha Hb2 Ht r H. destruct (section_4_silent alpha beta1 beta2 lam theta1 g t Hb2) as [Hv Hs].
  fold r in Hv, Hs. apply Hs.
  assert (Hi : 0 < / (1 - beta2 ^ t)).
  { apply Rinv_0_lt_compat. assert (Hp := pow_lt_1 beta2 t ltac:(lra) Ht). lra. }
  unfold c, Rdiv in H. apply Rmult_integral in H as [H|H].
  - apply sqrt_eq_0 in H; [|apply Rmult_le_pos; lra].
    apply Rmult_integral in H as [H|H]; [assumption | lra].
  - assert (H0 : 0 < / (alpha * / sqrt (INR t))); [|lra].
    apply Rinv_0_lt_compat, Rmult_lt_0_compat; [assumption|].
    apply Rinv_0_lt_compat, sqrt_INR_pos; assumption.
Qed.

(** The step in terms of c_t. *)
Lemma section_4_step_c alpha beta1 beta2 lam theta1 g t : 0 < alpha -> (1 <= t)%nat ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  theta r (t + 1) = theta r t - ratio (m_hat beta1 r t) (c alpha beta2 r t).
Proof.
  intros Ha Ht r. destruct t as [|t]; [lia|]. rewrite Nat.add_1_r. unfold r.
  rewrite section_4_step. fold r. f_equal. unfold ratio, c, Rdiv.
  assert (Hs := sqrt_INR_pos (S t) Ht). rewrite !Rinv_mult, !Rinv_inv. ring.
Qed.

(** C60. Holds: the update, squared and solved for g_t (theta_t - theta_star), with
    A_t = (theta_t - theta_star)^2 and c_t = sqrt(v_hat_t) / alpha_t. *)
Theorem squared_update : forall alpha beta1 beta2 lam theta1 theta_star g (t : nat), (1 <= t)%nat ->
  0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 <= lam <= 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let A t := (theta r t - theta_star) ^ 2 in
  let c := c alpha beta2 r in
  let beta1_t := beta1 * lam ^ (t - 1) in
  g t * (theta r t - theta_star)
  = (1 - beta1 ^ t) / (1 - beta1_t) * (c t / 2) * (A t - A (t + 1)%nat)
    + beta1_t / (1 - beta1_t) * (theta_star - theta r t) * m r (t - 1)
    + (1 - beta1 ^ t) / (1 - beta1_t) * (ratio (m_hat beta1 r t ^ 2) (c t) / 2).
Proof.
  intros alpha beta1 beta2 lam theta1 star g t Ht Ha Hb1 Hb2 Hl r A c' b.
  assert (Hp := pow_lt_1 beta1 t Hb1 Ht).
  assert (Hb : b < 1).
  { assert (H := decayed_beta1 beta1 lam (t - 1) Hb1 Hl). unfold b. lra. }
  assert (HA : A (t + 1)%nat = (theta r t - ratio (m_hat beta1 r t) (c' t) - star) ^ 2)
    by (unfold A, r; rewrite section_4_step_c by assumption; reflexivity).
  rewrite HA. unfold A.
  assert (Hm : m r t = b * m r (t - 1) + (1 - b) * g t).
  { unfold b. destruct t as [|n]; [lia|]. replace (S n - 1)%nat with n by lia.
    apply section_4_state. }
  set (x := theta r t). destruct (Req_dec (c' t) 0) as [H0|H0].
  - (* nothing has happened so far *)
    destruct (c_zero alpha beta1 beta2 lam theta1 g t Ha Hb2 Ht H0) as [Hmt Hg]. fold r in Hmt.
    assert (Hgt : g t = 0) by (apply Hg; lia).
    assert (Hbm : b * m r (t - 1) = 0) by (rewrite Hmt, Hgt in Hm; lra).
    unfold m_hat. rewrite H0, Hmt, Hgt. unfold ratio, Rdiv.
    replace (b * / (1 - b) * (star - x) * m r (t - 1))
      with (b * m r (t - 1) * (/ (1 - b) * (star - x))) by ring.
    rewrite Hbm. ring.
  - unfold m_hat, ratio. rewrite Hm. set (p := beta1 ^ t) in *. field. lra.
Qed.

(** C60. Holds: m_hat_t written out, and the update itself. *)
Theorem update_line : forall alpha beta1 beta2 lam theta1 g (t : nat), (1 <= t)%nat ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let beta1_t := beta1 * lam ^ (t - 1) in
  m_hat beta1 r t = (beta1_t * m r (t - 1) + (1 - beta1_t) * g t) / (1 - beta1 ^ t) /\
  theta r (t + 1)
  = theta r t - alpha / sqrt (INR t) * ratio (m_hat beta1 r t) (sqrt (v_hat beta2 r t)).
Proof.
  intros alpha beta1 beta2 lam theta1 g [|t] Ht r b; [lia|].
  rewrite Nat.add_1_r. split; [|apply section_4_step].
  unfold m_hat, b. replace (S t - 1)%nat with t by lia. f_equal. apply section_4_state.
Qed.

(** C61. Holds: Young's inequality on the middle term, with beta_(1,t) = beta1 lam^(t-1). *)
Theorem young : forall alpha beta1 beta2 lam theta1 theta_star g (t : nat), (1 <= t)%nat ->
  0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 <= lam <= 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let c := c alpha beta2 r in
  let beta1_t := beta1 * lam ^ (t - 1) in
  beta1_t / (1 - beta1_t) * (theta_star - theta r t) * m r (t - 1)
  <= beta1_t / (2 * (1 - beta1_t)) * c (t - 1)%nat * (theta r t - theta_star) ^ 2
     + beta1 / (2 * (1 - beta1)) * ratio (m r (t - 1) ^ 2) (c (t - 1)%nat).
Proof.
  intros alpha beta1 beta2 lam theta1 star g t Ht Ha Hb1 Hb2 Hl r c' b.
  assert (Hb : 0 <= b <= beta1) by (apply decayed_beta1; assumption).
  set (x := theta r t). set (k := m r (t - 1)).
  assert (Hc : 0 <= c' (t - 1)%nat /\ (c' (t - 1)%nat = 0 -> k = 0)).
  { unfold k. destruct (Nat.eq_dec (t - 1) 0) as [->|Hn].
    - split; [|reflexivity]. unfold c', c. replace (v_hat beta2 r 0) with 0.
      + rewrite sqrt_0. unfold Rdiv. lra.
      + unfold v_hat, v, r. simpl. unfold Rdiv. ring.
    - split; [apply c_nonneg; [assumption | lia]|]. intros H0. unfold r.
      apply (c_zero alpha beta1 beta2 lam theta1 g (t - 1)); assumption || lia. }
  destruct Hc as [Hc Hc0]. set (z := c' (t - 1)%nat) in *.
  destruct (Req_dec z 0) as [H0|H0].
  - rewrite (Hc0 H0), H0. unfold ratio, Rdiv. lra.
  - assert (Hz : 0 < z) by lra. unfold ratio.
    assert (Hrest : b / (2 * (1 - b)) * z * (x - star) ^ 2 + beta1 / (2 * (1 - beta1)) * (k ^ 2 / z)
      - b / (1 - b) * (star - x) * k
      = b * (z * (star - x) - k) ^ 2 / (2 * (1 - b) * z)
        + (beta1 - b) * k ^ 2 / (2 * (1 - b) * (1 - beta1) * z)) by (field; lra).
    assert (0 <= b * (z * (star - x) - k) ^ 2 / (2 * (1 - b) * z)).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow2_ge_0]|].
      left. apply Rinv_0_lt_compat. apply Rmult_lt_0_compat; lra. }
    assert (0 <= (beta1 - b) * k ^ 2 / (2 * (1 - b) * (1 - beta1) * z)).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow2_ge_0]|].
      left. apply Rinv_0_lt_compat. apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra. }
    lra.
Qed.

(** C61. Holds: the factor of the last term. *)
Theorem last_factor : forall (beta1 lam : R) (t : nat), (1 <= t)%nat ->
  0 <= beta1 < 1 -> 0 <= lam <= 1 ->
  0 <= (1 - beta1 ^ t) / (1 - beta1 * lam ^ (t - 1)) <= 1 / (1 - beta1).
Proof.
  intros beta1 lam t Ht Hb Hl. assert (Hp := pow_lt_1 beta1 t Hb Ht).
  assert (0 <= beta1 ^ t) by (apply pow_le; lra).
  assert (Hbt := decayed_beta1 beta1 lam (t - 1) Hb Hl).
  assert (Hi : / (1 - beta1 * lam ^ (t - 1)) <= / (1 - beta1)) by (apply Rinv_le_contravar; lra).
  assert (0 < / (1 - beta1 * lam ^ (t - 1))) by (apply Rinv_0_lt_compat; lra).
  unfold Rdiv. split; [apply Rmult_le_pos; lra|]. apply Rmult_le_compat; lra.
Qed.

(** C61. Holds: m_t^2 <= m_hat_t^2. *)
Theorem m_at_most_m_hat : forall beta1 r (t : nat), (1 <= t)%nat -> 0 <= beta1 < 1 ->
  m r t ^ 2 <= m_hat beta1 r t ^ 2.
Proof.
  intros beta1 r t Ht Hb. unfold m_hat. assert (Hp := pow_lt_1 beta1 t Hb Ht).
  assert (0 <= beta1 ^ t) by (apply pow_le; lra). set (p := 1 - beta1 ^ t) in *.
  assert (Hp0 : 0 < p <= 1) by (unfold p; lra). assert (Hpp : 0 < p ^ 2 <= 1) by (split; nra).
  replace ((m r t / p) ^ 2) with (m r t ^ 2 * / p ^ 2) by (field; lra).
  assert (1 <= / p ^ 2) by (rewrite <- Rinv_1 at 1; apply Rinv_le_contravar; lra).
  assert (0 <= m r t ^ 2) by apply pow2_ge_0. nra.
Qed.

(** C62. Holds: the summation by parts of the squared distances, for any c_t, A_t >= 0. *)
Theorem summation_by_parts : forall (c A : nat -> R) (T : nat), (1 <= T)%nat ->
  0 <= c T -> 0 <= A (T + 1)%nat ->
  \sum_(t <= T) c t * (A t - A (t + 1)%nat)
  <= c 1%nat * A 1%nat + \sum_(t <= T - 1) A (t + 1)%nat * (c (t + 1)%nat - c t).
Proof.
  intros c A T HT Hc HA. assert (H : forall n,
    \sum_(t <= S n) c t * (A t - A (t + 1)%nat)
    = c 1%nat * A 1%nat + \sum_(t <= n) A (t + 1)%nat * (c (t + 1)%nat - c t)
      - c (S n) * A (S n + 1)%nat).
  { induction n as [|n IH]; [simpl; ring|]. rewrite sum_S, IH, (sum_S _ n).
    rewrite !Nat.add_1_r. ring. }
  destruct T as [|n]; [lia|]. replace (S n - 1)%nat with n by lia. rewrite H.
  assert (0 <= c (S n) * A (S n + 1)%nat) by (apply Rmult_le_pos; assumption). lra.
Qed.

(** C31. Holds, even with beta1 in the numerator: the sum that the paper bounds by "the arithmetic
    geometric series upper bound". *)
Theorem third_term_sum : forall (beta1 lam : R) (T : nat), 0 <= beta1 < 1 -> 0 < lam < 1 ->
  let beta1_t t := beta1 * lam ^ (t - 1) in
  \sum_(t <= T) beta1_t t / (1 - beta1_t t) * sqrt (INR t) <= beta1 / ((1 - beta1) * (1 - lam) ^ 2)
  /\ beta1 / ((1 - beta1) * (1 - lam) ^ 2) <= 1 / ((1 - beta1) * (1 - lam) ^ 2).
Proof.
  intros beta1 lam T Hb Hl beta1_t. assert (H2 : 0 < (1 - lam) ^ 2) by nra. split.
  - apply Rle_trans with (beta1 / (1 - beta1) * \sum_(t <= T) INR t * lam ^ (t - 1)).
    + rewrite <- sum_scale. apply sum_le; intros t Ht. unfold beta1_t.
      assert (Hp : 0 < lam ^ (t - 1)) by (apply pow_lt; lra).
      assert (Hp1 : lam ^ (t - 1) <= 1) by (apply pow_le_1; lra). set (p := lam ^ (t - 1)) in *.
      assert (Hs : 1 <= sqrt (INR t)) by (apply sqrt_INR_ge_1; lia).
      assert (Hs2 := sqrt_sqrt (INR t) (pos_INR _)). set (s := sqrt (INR t)) in *. rewrite <- Hs2.
      assert (Hbp : 0 <= beta1 * p <= beta1) by (apply decayed_beta1_step; lra).
      assert (Hfrac : beta1 * p / (1 - beta1 * p) <= beta1 * p / (1 - beta1)).
      { apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra. }
      assert (Hpos : 0 <= beta1 * p / (1 - beta1)).
      { apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]. }
      apply Rle_trans with (beta1 * p / (1 - beta1) * (s * s)); [|right; unfold Rdiv; ring].
      apply Rle_trans with (beta1 * p / (1 - beta1) * s); [apply Rmult_le_compat_r; lra|].
      apply Rmult_le_compat_l; [assumption | nra].
    + replace (beta1 / ((1 - beta1) * (1 - lam) ^ 2))
        with (beta1 / (1 - beta1) * (1 / (1 - lam) ^ 2)) by (field; lra).
      apply Rmult_le_compat_l; [|apply arithmetico_geometric; lra].
      apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
  - apply Rmult_le_compat_r; [|lra]. left. apply Rinv_0_lt_compat, Rmult_lt_0_compat; lra.
Qed.

(** ** What the proof does prove *)

(** All falls of a sequence up to T. *)
Definition falls (a : nat -> R) (T : nat) : R :=
  \sum_(t <= T - 1) Rmax (a t - a (t + 1)%nat) 0.

Lemma sum_with_falls (a A b : nat -> R) D2 n : 0 <= D2 ->
  (forall t, (1 <= t)%nat -> 0 <= a t) -> (forall t, 0 <= A t) ->
  (forall t, (1 <= t <= S n)%nat -> A t <= D2) ->
  (forall t, (1 <= t)%nat -> 0 <= b (S t) <= b t) ->
  \sum_(t <= S n) b t * (a t * (A t - A (t + 1)%nat)) <= b 1%nat * D2 * (a (S n) + falls a (S n)).
Proof.
  intros HD Ha HA0 HA Hb.
  set (E := fun n => a (S n) + falls a (S n)).
  set (X := fun n => \sum_(t <= S n) a t * (A t - A (t + 1)%nat)).
  assert (HE : forall n, E (S n) = E n + Rmax (a (S (S n)) - a (S n)) 0).
  { intros k. unfold E, falls. replace (S (S k) - 1)%nat with (S k) by lia.
    replace (S k - 1)%nat with k by lia. rewrite sum_S, Nat.add_1_r.
    unfold Rmax; repeat destruct Rle_dec; lra. }
  assert (HX : forall n, X (S n) = X n + a (S (S n)) * (A (S (S n)) - A (S (S (S n)))))
    by (intros; unfold X; rewrite (sum_S _ (S n0)), (Nat.add_1_r (S (S n0))); reflexivity).
  assert (Hb1 : forall n, b (S n) <= b 1%nat).
  { induction n0 as [|k IH]; [lra|]. assert (H := Hb (S k) ltac:(lia)). lra. }
  assert (H : X n + a (S n) * A (S (S n)) <= D2 * E n /\
    \sum_(t <= S n) b t * (a t * (A t - A (t + 1)%nat))
    <= b 1%nat * D2 * E n - b (S n) * (D2 * E n - X n)).
  { induction n as [|n IH].
    - unfold X, E, falls. simpl. assert (H1 := Ha 1%nat ltac:(lia)).
      assert (A 1%nat <= D2) by (apply HA; lia).
      assert (a 1%nat * A 1%nat <= a 1%nat * D2) by (apply Rmult_le_compat_l; assumption).
      split; lra.
    - destruct IH as [IH1 IH2]; [intros; apply HA; lia|].
      rewrite (sum_S _ (S n)), HX, HE, (Nat.add_1_r (S (S n))).
      assert (Ha1 := Ha (S n) ltac:(lia)). assert (Ha2 := Ha (S (S n)) ltac:(lia)).
      assert (HA1 : A (S (S n)) <= D2) by (apply HA; lia). assert (HA2 := HA0 (S (S n))).
      assert (Hbb := Hb (S n) ltac:(lia)). assert (Hbl := Hb1 (S n)).
      set (more := Rmax (a (S (S n)) - a (S n)) 0).
      assert (Hm : (a (S (S n)) - a (S n)) * A (S (S n)) <= D2 * more).
      { assert (0 <= more) by apply Rmax_r.
        assert (a (S (S n)) - a (S n) <= more) by apply Rmax_l.
        apply Rle_trans with (more * A (S (S n))); [apply Rmult_le_compat_r; assumption|].
        rewrite Rmult_comm. apply Rmult_le_compat_r; assumption. }
      split; [lra|].
      assert (H0 : 0 <= D2 * E n - X n).
      { assert (0 <= a (S n) * A (S (S n))) by (apply Rmult_le_pos; assumption). lra. }
      assert (0 <= (b (S n) - b (S (S n))) * (D2 * E n - X n)) by (apply Rmult_le_pos; lra).
      assert (0 <= (b 1%nat - b (S (S n))) * (D2 * more)).
      { apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; [assumption | apply Rmax_r]. }
      lra. }
  destruct H as [H1 H2]. eapply Rle_trans; [exact H2|]. fold (E n).
  assert (0 <= b (S n) * (D2 * E n - X n)); [|lra].
  assert (0 <= a (S n) * A (S (S n))) by (apply Rmult_le_pos; [apply Ha; lia | apply HA0]).
  apply Rmult_le_pos; [|lra]. assert (Hbn := Hb (S n) ltac:(lia)). lra.
Qed.

(** N20. New: the first term repaired, for Adam itself. With A_t = (theta_t - theta_star)^2 <= D^2
    and c'_t = (1 - beta1^t) sqrt(v_hat_t) / alpha_t it grows by all falls of c'. *)
Theorem first_term_with_falls :
  forall alpha beta1 beta2 lam theta1 theta_star g D (T : nat), (1 <= T)%nat ->
  0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam <= 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let A t := (theta r t - theta_star) ^ 2 in
  let c' t := (1 - beta1 ^ t) * c alpha beta2 r t in
  (forall t, (1 <= t <= T)%nat -> Rabs (theta r t - theta_star) <= D) ->
  \sum_(t <= T) c' t / (2 * (1 - beta1 * lam ^ (t - 1))) * (A t - A (t + 1)%nat)
  <= D ^ 2 / (2 * (1 - beta1)) * (c' T + falls c' T).
Proof.
  intros alpha beta1 beta2 lam theta1 star g D T HT Ha Hb1 Hb2 Hl r A c' HD.
  destruct T as [|n]; [lia|].
  set (b := fun t => 1 / (2 * (1 - beta1 * lam ^ (t - 1)))).
  assert (Hpow : forall k, 0 < lam ^ k <= 1)
    by (intros; split; [apply pow_lt | apply pow_le_1]; lra).
  assert (Hlt : forall k, 0 < 1 - beta1 * lam ^ k)
    by (intros k; specialize (Hpow k); nra).
  rewrite (sum_ext _ (fun t => b t * (c' t * (A t - A (t + 1)%nat)))).
  - eapply Rle_trans; [apply (sum_with_falls c' A b (D ^ 2))|].
    + apply pow2_ge_0.
    + intros t Ht. apply Rmult_le_pos; [|apply c_nonneg; assumption].
      assert (Hp := pow_lt_1 beta1 t Hb1 Ht). lra.
    + intros; apply pow2_ge_0.
    + intros t Ht. apply pow_maj_Rabs, HD; assumption.
    + intros t Ht. unfold b. replace (S t - 1)%nat with (S (t - 1)) by lia.
      assert (H1 := Hlt (t - 1)%nat). assert (H2 := Hlt (S (t - 1))).
      assert (H3 := Hpow (t - 1)%nat).
      assert (lam ^ S (t - 1) <= lam ^ (t - 1)) by (simpl; nra).
      assert (beta1 * lam ^ S (t - 1) <= beta1 * lam ^ (t - 1)) by (apply Rmult_le_compat_l; lra).
      split; [left; apply Rdiv_lt_0_compat; lra|].
      unfold Rdiv. apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra.
    + right. unfold b. simpl. field. lra.
  - intros t Ht. unfold b. assert (H := Hlt (t - 1)%nat). field. lra.
Qed.

(** N20. New: so where sqrt(v_hat_t) / alpha_t does not fall, neither does c', and the theorem's own
    first term is right. *)
Theorem first_term_without_falls :
  forall alpha beta1 beta2 lam theta1 theta_star g D (T : nat), (1 <= T)%nat ->
  0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam <= 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let A t := (theta r t - theta_star) ^ 2 in
  let c := c alpha beta2 r in
  (forall t, (1 <= t <= T)%nat -> Rabs (theta r t - theta_star) <= D) ->
  (forall t, (1 <= t < T)%nat -> c t <= c (t + 1)%nat) ->
  falls (fun t => (1 - beta1 ^ t) * c t) T = 0 /\
  \sum_(t <= T) (1 - beta1 ^ t) * c t / (2 * (1 - beta1 * lam ^ (t - 1))) * (A t - A (t + 1)%nat)
  <= D ^ 2 / (2 * alpha * (1 - beta1)) * sqrt (INR T * v_hat beta2 r T).
Proof.
  intros alpha beta1 beta2 lam theta1 star g D T HT Ha Hb1 Hb2 Hl r A c' HD Hc.
  assert (Hp : forall t, 0 <= beta1 ^ t <= 1)
    by (intros; split; [apply pow_le | apply pow_le_1]; lra).
  assert (Hpos : forall t, (1 <= t)%nat -> 0 <= c' t) by (intros; apply c_nonneg; assumption).
  assert (H0 : falls (fun t => (1 - beta1 ^ t) * c' t) T = 0).
  { unfold falls. transitivity (\sum_(t <= T - 1) 0); [|apply sum_zero].
    apply sum_ext; intros t Ht. apply Rmax_right.
    assert (Hct := Hc t ltac:(lia)). assert (Ht0 := Hpos t ltac:(lia)).
    assert (H := Hp t). rewrite Nat.add_1_r in *. simpl. set (q := beta1 ^ t) in *.
    assert ((1 - q) * c' t <= (1 - beta1 * q) * c' (S t)); [|lra].
    apply Rmult_le_compat; nra. }
  split; [exact H0|].
  eapply Rle_trans; [apply first_term_with_falls; eassumption|]. fold r c'. rewrite H0.
  assert (HcT : c' T = sqrt (INR T * v_hat beta2 r T) / alpha).
  { unfold c', c. rewrite sqrt_mult_alt by apply pos_INR. assert (H := sqrt_INR_pos T HT).
    field. lra. }
  apply Rle_trans with (D ^ 2 / (2 * (1 - beta1)) * c' T); [|right; rewrite HcT; field; lra].
  apply Rmult_le_compat_l.
  - apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra].
  - assert (H := Hp T). assert (H1 := Hpos T HT). nra.
Qed.

(** N21. New: the third term repaired: G_inf for G_inf sqrt(1 - beta2), no index shifted, and a
    factor beta1 lam gained. *)
Theorem third_term_repaired :
  forall alpha beta1 beta2 lam theta1 theta_star g D G_inf (T : nat), (1 <= T)%nat ->
  0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let A t := (theta r t - theta_star) ^ 2 in
  let c := c alpha beta2 r in
  let beta1_t t := beta1 * lam ^ (t - 1) in
  (forall t, (1 <= t <= T)%nat -> Rabs (theta r t - theta_star) <= D) ->
  (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G_inf) ->
  \sum_(t <= T - 1) beta1_t (t + 1)%nat / (2 * (1 - beta1_t (t + 1)%nat)) * c t * A (t + 1)%nat
  <= beta1 * lam * D ^ 2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2).
Proof.
  intros alpha beta1 beta2 lam theta1 star g D G T HT Ha Hb1 Hb2 Hl r A c' beta1_t HD HG.
  assert (HG0 : 0 <= G)
    by (specialize (HG 1%nat ltac:(lia)); assert (H := Rabs_pos (g 1%nat)); lra).
  assert (HD2 : 0 <= D ^ 2) by apply pow2_ge_0.
  set (k := beta1 * lam * D ^ 2 * G / (2 * alpha * (1 - beta1))).
  assert (Hk : 0 <= k).
  { apply Rmult_le_pos; [apply Rmult_le_pos; [apply Rmult_le_pos; [apply Rmult_le_pos|]|]; lra|].
    left. apply Rinv_0_lt_compat. apply Rmult_lt_0_compat; lra. }
  apply Rle_trans with (k * \sum_(t <= T - 1) INR t * lam ^ (t - 1)).
  - rewrite <- sum_scale. apply sum_le; intros t Ht. unfold beta1_t.
    replace (t + 1 - 1)%nat with (S (t - 1)) by lia.
    assert (Hp : 0 < lam ^ (t - 1)) by (apply pow_lt; lra).
    assert (Hp1 : lam ^ (t - 1) <= 1) by (apply pow_le_1; lra). cbn [pow].
    set (p := lam ^ (t - 1)) in *.
    assert (Hlp : 0 <= lam * p <= lam) by (apply decayed_beta1_step; lra).
    assert (Hbp : 0 <= beta1 * (lam * p) <= beta1) by (apply decayed_beta1_step; lra).
    assert (HA : 0 <= A (t + 1)%nat <= D ^ 2).
    { split; [apply pow2_ge_0 | apply pow_maj_Rabs, HD; lia]. }
    assert (Hs := sqrt_INR_pos t ltac:(lia)). assert (Hs2 := sqrt_sqrt (INR t) (pos_INR _)).
    assert (Hs1 : 1 <= sqrt (INR t)) by (apply sqrt_INR_ge_1; lia).
    assert (Hc : 0 <= c' t <= G * INR t / alpha).
    { split; [apply c_nonneg; [assumption | lia]|]. unfold c', c.
      assert (Hv : sqrt (v_hat beta2 r t) <= G)
        by (apply v_hat_at_most_G_inf; [lia | lra | intros; apply HG; lia]).
      assert (Hv0 := sqrt_pos (v_hat beta2 r t)). set (w := sqrt (v_hat beta2 r t)) in *.
      set (s := sqrt (INR t)) in *. rewrite <- Hs2.
      replace (w / (alpha / s)) with (w * s / alpha) by (field; lra).
      apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption|].
      apply Rmult_le_compat; try lra.
      apply Rle_trans with (s * 1); [lra | apply Rmult_le_compat_l; lra]. }
    assert (Hw : 0 <= beta1 * (lam * p) / (2 * (1 - beta1 * (lam * p)))
                 <= beta1 * (lam * p) / (2 * (1 - beta1))).
    { split.
      - apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
      - apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra. }
    apply Rle_trans with (beta1 * (lam * p) / (2 * (1 - beta1)) * (G * INR t / alpha) * D ^ 2).
    + apply Rmult_le_compat; try lra; [apply Rmult_le_pos; lra | apply Rmult_le_compat; lra].
    + right. unfold k. field. lra.
  - apply Rle_trans with (k * (1 / (1 - lam) ^ 2)).
    + apply Rmult_le_compat_l; [assumption | apply arithmetico_geometric; lra].
    + right. unfold k. field. lra.
Qed.

(** One coordinate of the repaired theorem. *)
Lemma one_coordinate alpha beta1 beta2 lam theta1 theta_star g D G_inf T : (1 <= T)%nat ->
  0 < alpha -> 0 < beta2 < 1 -> 0 <= beta1 < sqrt beta2 -> 0 < lam < 1 ->
  let r := section_4 alpha beta1 beta2 lam theta1 g in
  let c' t := (1 - beta1 ^ t) * c alpha beta2 r t in
  (forall t, (1 <= t <= T)%nat -> Rabs (theta r t - theta_star) <= D) ->
  (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G_inf) ->
  \sum_(t <= T) g t * (theta r t - theta_star)
  <= D ^ 2 / (2 * (1 - beta1)) * (c' T + falls c' T)
     + alpha * (1 + beta1) ^ 2 * sqrt (1 + ln (INR T))
       / (2 * (1 - beta1) ^ 3 * sqrt ((1 - beta2) * (1 - beta1 ^ 2 / beta2))) * norm g T
     + beta1 * lam * D ^ 2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2).
Proof.
  intros HT Ha Hb2 Hb1s Hl r c' HD HG.
  assert (Hb1 : 0 <= beta1 < 1) by (assert (sqrt beta2 < 1) by (apply sqrt_below_1; lra); lra).
  set (A := fun t => (theta r t - theta_star) ^ 2). set (z := c alpha beta2 r).
  set (b := fun t => beta1 * lam ^ (t - 1)).
  set (first := fun t => c' t / (2 * (1 - b t)) * (A t - A (t + 1)%nat)).
  set (Y := fun t => b t / (2 * (1 - b t)) * z (t - 1)%nat * A t).
  set (M := fun t => ratio (m_hat beta1 r t ^ 2) (z t)).
  assert (HM0 : forall t, (1 <= t)%nat -> 0 <= M t).
  { intros t Ht. assert (Hz : 0 <= z t) by (apply c_nonneg; assumption). unfold M, ratio.
    destruct (Req_dec (z t) 0) as [H0|H0].
    - destruct (c_zero alpha beta1 beta2 lam theta1 g t Ha Hb2 Ht H0) as [Hm _].
      unfold m_hat, r. rewrite Hm. unfold Rdiv. lra.
    - apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra]. }
  assert (HmM : forall t, (1 <= t)%nat -> ratio (m r t ^ 2) (z t) <= M t).
  { intros t Ht. assert (Hz : 0 <= z t) by (apply c_nonneg; assumption).
    apply ratio_le; [apply pow2_ge_0 | assumption | apply HM0; assumption |].
    destruct (Req_dec (z t) 0) as [H0|H0].
    - destruct (c_zero alpha beta1 beta2 lam theta1 g t Ha Hb2 Ht H0) as [Hm _].
      rewrite H0. unfold r. rewrite Hm. lra.
    - unfold M, ratio. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by assumption.
      apply m_at_most_m_hat; assumption. }
  (* the terms in round t: squared_update, young, last_factor *)
  assert (Hround : forall t, (1 <= t <= T)%nat -> g t * (theta r t - theta_star)
    <= first t + (Y t + beta1 / (2 * (1 - beta1)) * ratio (m r (t - 1) ^ 2) (z (t - 1)%nat))
       + 1 / (2 * (1 - beta1)) * M t).
  { intros t Ht. unfold r.
    rewrite (squared_update alpha beta1 beta2 lam theta1 theta_star g t) by (lra || lia).
    fold r z. assert (Hy := young alpha beta1 beta2 lam theta1 theta_star g t ltac:(lia) Ha Hb1 Hb2
      ltac:(lra)). cbv zeta in Hy. fold r z in Hy.
    assert (Hlf := last_factor beta1 lam t ltac:(lia) Hb1 ltac:(lra)).
    fold (A t) (A (t + 1)%nat) (M t) (b t) in *. apply Rplus_le_compat; [apply Rplus_le_compat|].
    - right. unfold first, c'. fold z.
      assert (b t < 1).
      { assert (H := decayed_beta1 beta1 lam (t - 1) Hb1 ltac:(lra)). unfold b. lra. }
      field. lra.
    - exact Hy.
    - assert (H := HM0 t ltac:(lia)).
      replace (1 / (2 * (1 - beta1)) * M t) with (1 / (1 - beta1) * (M t / 2)) by (field; lra).
      apply Rmult_le_compat_r; lra. }
  eapply Rle_trans; [apply sum_le; exact Hround|]. rewrite !sum_plus, !sum_scale.
  (* the three sums *)
  assert (H1 : sum first T <= D ^ 2 / (2 * (1 - beta1)) * (c' T + falls c' T))
    by (apply first_term_with_falls; assumption || lra).
  assert (Hz0 : z 0%nat = 0).
  { unfold z, c. replace (v_hat beta2 r 0) with 0 by (unfold v_hat, v, r; simpl; unfold Rdiv; ring).
    rewrite sqrt_0. unfold Rdiv. ring. }
  assert (H3 : sum Y T <= beta1 * lam * D ^ 2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2)).
  { assert (H := third_term_repaired alpha beta1 beta2 lam theta1 theta_star g D G_inf T HT Ha Hb1
      Hb2 Hl HD HG). cbv zeta in H. eapply Rle_trans; [|exact H].
    destruct T as [|n]; [lia|]. rewrite sum_first. replace (S n - 1)%nat with n by lia.
    unfold Y at 1. simpl (1 - 1)%nat. rewrite Hz0, Rmult_0_r, Rmult_0_l, Rplus_0_l.
    right. apply sum_ext; intros t Ht. unfold Y, b, A, z. rewrite Nat.add_1_r.
    replace (S t - 1)%nat with t by lia. reflexivity. }
  assert (H2 : \sum_(t <= T) ratio (m r (t - 1) ^ 2) (z (t - 1)%nat) <= sum M T).
  { destruct T as [|n]; [lia|]. rewrite sum_first. simpl (1 - 1)%nat.
    replace (ratio (m r 0 ^ 2) (z 0%nat)) with 0
      by (unfold ratio, m, r; simpl; unfold Rdiv; ring).
    rewrite Rplus_0_l, sum_S. assert (0 <= M (S n)) by (apply HM0; lia).
    assert (\sum_(i <= n) ratio (m r (S i - 1) ^ 2) (z (S i - 1)%nat) <= sum M n); [|lra].
    apply sum_le; intros t Ht. replace (S t - 1)%nat with t by lia. apply HmM; lia. }
  assert (HM : sum M T = alpha * sum_of_moments beta1 beta2 r T).
  { unfold sum_of_moments. rewrite <- sum_scale. apply sum_ext; intros t Ht.
    unfold M, z, c, ratio, Rdiv. rewrite sqrt_mult_alt by apply pos_INR.
    rewrite !Rinv_mult, !Rinv_inv. ring. }
  assert (H4 := lemma_10_4_repaired_section_4 alpha beta1 beta2 lam theta1 g T HT Hb2 Hb1s
    ltac:(lra)). fold r in H4.
  assert (Hc := sqrt_lt_R0 _ (spread_pos beta1 beta2 Hb2 Hb1s)).
  set (k := sqrt ((1 - beta2) * _)) in *. set (l := sqrt (1 + _)) in *.
  assert (HMle : sum M T <= alpha * ((1 + beta1) * l / ((1 - beta1) ^ 2 * k) * norm g T))
    by (rewrite HM; apply Rmult_le_compat_l; lra).
  assert (Hq : beta1 / (2 * (1 - beta1)) * (\sum_(t <= T) ratio (m r (t - 1) ^ 2) (z (t - 1)%nat))
    + 1 / (2 * (1 - beta1)) * sum M T <= (1 + beta1) / (2 * (1 - beta1)) * sum M T).
  { replace ((1 + beta1) / (2 * (1 - beta1)) * sum M T)
      with (beta1 / (2 * (1 - beta1)) * sum M T + 1 / (2 * (1 - beta1)) * sum M T) by (field; lra).
    apply Rplus_le_compat_r, Rmult_le_compat_l; [|exact H2].
    apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]. }
  assert (Hlast : (1 + beta1) / (2 * (1 - beta1)) * sum M T
    <= alpha * (1 + beta1) ^ 2 * l / (2 * (1 - beta1) ^ 3 * k) * norm g T).
  { apply Rle_trans with ((1 + beta1) / (2 * (1 - beta1))
      * (alpha * ((1 + beta1) * l / ((1 - beta1) ^ 2 * k) * norm g T))); [|right; field; lra].
    apply Rmult_le_compat_l; [|exact HMle].
    apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]. }
  lra.
Qed.

(** N24. New: Theorem 10.5 repaired for Adam itself, without projection and with its bias
    correction: true on every run, with the falls V_T of c'_t = (1 - beta1^t) sqrt(v_hat_t) /
    alpha_t added. D bounds the distance of the iterates from theta_star, which may be any point;
    beta1 < sqrt beta2 is beta1^2 < beta2. *)
Theorem theorem_10_5_repaired :
  forall (d : nat) alpha beta1 beta2 lam (theta1 theta_star : vector) (f : nat -> vector -> R)
    (gradient : nat -> vector -> vector) (g : nat -> vector) D G_inf (T : nat), (1 <= T)%nat ->
  0 < alpha -> 0 < beta2 < 1 -> 0 <= beta1 < sqrt beta2 -> 0 < lam < 1 ->
  let r i := section_4 alpha beta1 beta2 lam (theta1 i) (fun t => g t i) in
  let x t : vector := fun i => theta (r i) t in
  let c' i t := (1 - beta1 ^ t) * c alpha beta2 (r i) t in
  (forall t, convex_function (f t)) ->
  (forall t y, has_gradient d (f t) y (gradient t y)) ->
  (forall t, (1 <= t <= T)%nat -> g t = gradient t (x t)) ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (x t i - theta_star i) <= D) ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  regret f x theta_star T
  <= D ^ 2 / (2 * (1 - beta1)) * (\sum_(i <= d) (c' i T + falls (c' i) T))
     + alpha * (1 + beta1) ^ 2 * sqrt (1 + ln (INR T))
       / (2 * (1 - beta1) ^ 3 * sqrt ((1 - beta2) * (1 - beta1 ^ 2 / beta2)))
       * (\sum_(i <= d) norm (fun t => g t i) T)
     + \sum_(i <= d) beta1 * lam * D ^ 2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2).
Proof.
  intros d alpha beta1 beta2 lam theta1 star f gradient g D G T HT Ha Hb2 Hb1 Hl r x c' Hf Hgr Hg
    HD HG.
  apply Rle_trans with (\sum_(i <= d) (\sum_(t <= T) g t i * (x t i - star i))).
  - rewrite sum_swap. apply sum_le; intros t Ht.
    assert (Hgt : has_gradient d (f t) (x t) (g t)) by (rewrite (Hg t Ht); apply Hgr).
    assert (H := lemma_10_2 d (f t) (x t) star (g t) (Hf t) Hgt).
    assert (Hneg : \sum_(i <= d) g t i * (star i - x t i)
                   = - \sum_(i <= d) g t i * (x t i - star i)).
    { rewrite <- (Rmult_1_l (sum (fun i => g t i * (x t i - star i)) d)), Ropp_mult_distr_l.
      rewrite <- sum_scale. apply sum_ext; intros; ring. }
    rewrite Hneg in H. lra.
  - rewrite <- !sum_scale, <- !sum_plus. apply sum_le; intros i Hi.
    apply one_coordinate; try assumption; intros t Ht; [apply HD | apply HG]; assumption.
Qed.
