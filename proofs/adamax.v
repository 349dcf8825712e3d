(** Section 7.1 of the paper: AdaMax (Algorithm 2). Its u_t is the largest of the decayed gradients,
    and is the limit of L^p norms; its step exceeds alpha for all 0 < beta1, beta2 < 1 and t >= 2,
    and its largest step is alpha S_t, which is attained. *)
From Coq Require Import Reals Lra Lia Psatz.
From Adamlab Require Import sums setting rules.
Open Scope R_scope.

(** ** The run of Algorithm 2, in the paper's notation *)

Definition adamax_run (alpha beta1 beta2 theta0 : R) (g : nat -> R) (t : nat) : R * R * (R * R) :=
  run (adamax alpha beta1 beta2) free theta0 (0, 0) g t.

Definition theta (alpha beta1 beta2 theta0 : R) (g : nat -> R) (t : nat) : R :=
  point (adamax_run alpha beta1 beta2 theta0 g t).
Definition m (alpha beta1 beta2 theta0 : R) (g : nat -> R) (t : nat) : R :=
  fst (state (adamax_run alpha beta1 beta2 theta0 g t)).
Definition u (alpha beta1 beta2 theta0 : R) (g : nat -> R) (t : nat) : R :=
  snd (state (adamax_run alpha beta1 beta2 theta0 g t)).
Definition Delta (alpha beta1 beta2 theta0 : R) (g : nat -> R) (t : nat) : R :=
  theta alpha beta1 beta2 theta0 g t - theta alpha beta1 beta2 theta0 g (t - 1).

(** x is the largest of f 1, ..., f t. *)
Definition is_maximum (f : nat -> R) (t : nat) (x : R) : Prop :=
  (forall i, (1 <= i <= t)%nat -> f i <= x) /\ exists i, (1 <= i <= t)%nat /\ f i = x.

(** S_t of the largest step, with q = beta1 / beta2. *)
Definition S_ (beta1 beta2 : R) (t : nat) : R :=
  (1 - beta1) / (1 - beta1 ^ t) * (\sum_(k <= t) (beta1 / beta2) ^ (k - 1)).

(** ** Helpers *)

Lemma adamax_S alpha beta1 beta2 theta0 g t :
  let m_ := m alpha beta1 beta2 theta0 g in let u_ := u alpha beta1 beta2 theta0 g in
  m_ (S t) = beta1 * m_ t + (1 - beta1) * g (S t) /\
  u_ (S t) = Rmax (beta2 * u_ t) (Rabs (g (S t))) /\
  Delta alpha beta1 beta2 theta0 g (S t)
  = - (alpha / (1 - beta1 ^ S t) * ratio (m_ (S t)) (u_ (S t))).
Proof.
  unfold Delta, m, u, theta, adamax_run. replace (S t - 1)%nat with t by lia. rewrite run_S.
  destruct (run _ _ _ _ _ t) as [[x y] [m_ u_]]. unfold free, point, state; simpl.
  repeat split; ring.
Qed.

Lemma Delta_ratio alpha beta1 beta2 theta0 g t :
  (1 <= t)%nat ->
  Delta alpha beta1 beta2 theta0 g t
  = - (alpha / (1 - beta1 ^ t)
       * ratio (m alpha beta1 beta2 theta0 g t) (u alpha beta1 beta2 theta0 g t)).
Proof. intros Ht. destruct t as [|t]; [lia|]. apply adamax_S. Qed.

Lemma m_sum alpha beta1 beta2 theta0 g t :
  m alpha beta1 beta2 theta0 g t = (1 - beta1) * (\sum_(i <= t) beta1 ^ (t - i) * g i).
Proof.
  induction t as [|t IH]; [unfold m; simpl; ring|].
  destruct (adamax_S alpha beta1 beta2 theta0 g t) as [-> _].
  rewrite IH, sum_S, Nat.sub_diag. simpl pow at 2.
  rewrite (sum_ext (fun i => beta1 ^ (S t - i) * g i) (fun i => beta1 * (beta1 ^ (t - i) * g i))).
  - rewrite sum_scale. ring.
  - intros i Hi. replace (S t - i)%nat with (S (t - i)) by lia. simpl; ring.
Qed.

Lemma u_nonneg alpha beta1 beta2 theta0 g t : 0 <= u alpha beta1 beta2 theta0 g t.
Proof.
  destruct t as [|t]; [unfold u; simpl; lra|].
  destruct (adamax_S alpha beta1 beta2 theta0 g t) as (_ & -> & _).
  apply Rle_trans with (1 := Rabs_pos (g (S t))), Rmax_r.
Qed.

Lemma one_minus_pow_pos beta t : 0 <= beta < 1 -> (1 <= t)%nat -> 0 < 1 - beta ^ t.
Proof. intros H Ht. assert (beta ^ t < 1) by (apply pow_lt_1; assumption). lra. Qed.

Lemma pow_div a b k : (a / b) ^ k = a ^ k / b ^ k.
Proof. unfold Rdiv. rewrite Rpow_mult_distr, pow_inv. reflexivity. Qed.

(** ** u_t is a maximum *)

(** C44. The paper's equation (12): u_t = max(beta2 u_(t-1), |g_t|) from u_0 = 0 is the largest of
    beta2^(t-i) |g_i|, 1 <= i <= t; for all t >= 1 and all gradients. *)
Theorem adamax_u_is_the_maximum :
  forall alpha beta1 beta2 theta0 g t,
    0 <= beta2 -> (1 <= t)%nat ->
    is_maximum (fun i => beta2 ^ (t - i) * Rabs (g i)) t (u alpha beta1 beta2 theta0 g t).
Proof.
  intros * H2 Ht. induction t as [|t IH]; [lia|]. clear Ht.
  destruct (adamax_S alpha beta1 beta2 theta0 g t) as (_ & Hu & _).
  assert (Hlast : beta2 ^ (S t - S t) * Rabs (g (S t)) = Rabs (g (S t)))
    by (rewrite Nat.sub_diag; simpl; ring).
  assert (Hstep : forall i, (1 <= i <= t)%nat ->
    beta2 ^ (S t - i) * Rabs (g i) = beta2 * (beta2 ^ (t - i) * Rabs (g i))).
  { intros i Hi. replace (S t - i)%nat with (S (t - i)) by lia. simpl; ring. }
  split.
  - intros i Hi. rewrite Hu. destruct (Nat.eq_dec i (S t)) as [->|Hn].
    + rewrite Hlast. apply Rmax_r.
    + rewrite Hstep by lia. destruct IH as [IH _]; [lia|].
      apply Rle_trans with (2 := Rmax_l _ _). apply Rmult_le_compat_l; [assumption|]. apply IH. lia.
  - rewrite Hu. destruct (Rle_dec (beta2 * u alpha beta1 beta2 theta0 g t) (Rabs (g (S t)))) as [H|H].
    + exists (S t). rewrite Rmax_right by assumption. split; [lia | exact Hlast].
    + rewrite Rmax_left by lra. destruct t as [|t].
      * exfalso. apply H. unfold u; simpl. rewrite Rmult_0_r. apply Rabs_pos.
      * destruct IH as [_ (i & Hi & E)]; [lia|]. exists i. split; [lia|].
        rewrite Hstep, E by lia. reflexivity.
Qed.

(** N15. Algorithm 2 divides by zero exactly where all gradients so far are 0, and then it is 0/0,
    which is read as 0 (0 < beta2). *)
Theorem adamax_divides_only_zero_by_zero :
  forall alpha beta1 beta2 theta0 g t,
    0 < beta2 -> (1 <= t)%nat ->
    (u alpha beta1 beta2 theta0 g t = 0 <-> forall i, (1 <= i <= t)%nat -> g i = 0) /\
    (u alpha beta1 beta2 theta0 g t = 0 -> m alpha beta1 beta2 theta0 g t = 0).
Proof.
  intros * H2 Ht.
  destruct (adamax_u_is_the_maximum alpha beta1 beta2 theta0 g t ltac:(lra) Ht) as [Hle Hex].
  assert (H0 : u alpha beta1 beta2 theta0 g t = 0 -> forall i, (1 <= i <= t)%nat -> g i = 0).
  { intros E i Hi. specialize (Hle i Hi). cbv beta in Hle. rewrite E in Hle.
    assert (Hp : 0 < beta2 ^ (t - i)) by (apply pow_lt; assumption).
    destruct (Req_dec (g i) 0) as [|Hn]; [assumption|]. apply Rabs_pos_lt in Hn.
    assert (H := Rmult_lt_0_compat _ _ Hp Hn). lra. }
  repeat split.
  - exact H0.
  - intros Hz. destruct Hex as (i & Hi & <-). rewrite (Hz i Hi), Rabs_R0. ring.
  - intros E. rewrite m_sum, (sum_ext _ (fun _ => 0)), sum_zero; [ring|].
    intros i Hi. rewrite (H0 E i Hi). ring.
Qed.

(** ** The largest step *)

(** Each gradient is at most u_t / beta2^(t-i). *)
Lemma m_le alpha beta1 beta2 theta0 g t :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  Rabs (m alpha beta1 beta2 theta0 g t)
  <= (1 - beta1 ^ t) * S_ beta1 beta2 t * u alpha beta1 beta2 theta0 g t.
Proof.
  intros H1 H2 Ht. assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
  destruct (adamax_u_is_the_maximum alpha beta1 beta2 theta0 g t ltac:(lra) Ht) as [Hle _].
  set (U := u _ _ _ _ _ _) in *.
  rewrite m_sum, Rabs_mult, (Rabs_right (1 - beta1)) by lra. unfold S_.
  replace ((1 - beta1 ^ t) * ((1 - beta1) / (1 - beta1 ^ t)
             * (\sum_(k <= t) (beta1 / beta2) ^ (k - 1))) * U)
    with ((1 - beta1) * ((\sum_(k <= t) (beta1 / beta2) ^ (k - 1)) * U)) by (field; lra).
  apply Rmult_le_compat_l; [lra|]. apply Rle_trans with (1 := sum_abs _ _).
  rewrite (sum_reverse (fun k => (beta1 / beta2) ^ (k - 1))), <- sum_scale_r.
  apply sum_le; intros i Hi. replace (t + 1 - i - 1)%nat with (t - i)%nat by lia.
  specialize (Hle i Hi). cbv beta in Hle.
  assert (Hp : 0 < beta2 ^ (t - i)) by (apply pow_lt; lra).
  assert (Hb : 0 <= beta1 ^ (t - i)) by (apply pow_le; lra).
  rewrite Rabs_mult, (Rabs_right (beta1 ^ _)) by lra.
  rewrite pow_div. unfold Rdiv. rewrite Rmult_assoc. apply Rmult_le_compat_l; [assumption|].
  apply Rmult_le_reg_l with (1 := Hp). rewrite <- Rmult_assoc, Rinv_r by lra. lra.
Qed.

Lemma S_nonneg beta1 beta2 t :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat -> 0 <= S_ beta1 beta2 t.
Proof.
  intros H1 H2 Ht. assert (Ha := one_minus_pow_pos beta1 t H1 Ht). unfold S_, Rdiv at 1.
  apply Rmult_le_pos; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat, Ha]|].
  apply sum_nonneg; intros. apply pow_le. unfold Rdiv.
  apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
Qed.

(** C45, N12. New: the largest step of AdaMax. |theta_t - theta_(t-1)| <= alpha S_t for all t, all
    gradients and every starting point. *)
Theorem adamax_step_bound :
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 theta0 g t) <= alpha * S_ beta1 beta2 t.
Proof.
  intros * Ha H1 H2 Ht. assert (Hp := one_minus_pow_pos beta1 t H1 Ht).
  rewrite Delta_ratio, Rabs_Ropp, Rabs_mult by assumption.
  assert (Hap : 0 < alpha / (1 - beta1 ^ t)) by (apply Rdiv_lt_0_compat; lra).
  rewrite (Rabs_right (alpha / _)) by lra.
  assert (Hm := m_le alpha beta1 beta2 theta0 g t H1 H2 Ht).
  destruct (adamax_divides_only_zero_by_zero alpha beta1 beta2 theta0 g t ltac:(lra) Ht) as [_ Hz].
  assert (HS := S_nonneg beta1 beta2 t H1 H2 Ht).
  replace (alpha * S_ beta1 beta2 t)
    with (alpha / (1 - beta1 ^ t) * ((1 - beta1 ^ t) * S_ beta1 beta2 t)) by (field; lra).
  apply Rmult_le_compat_l; [lra|]. unfold ratio.
  destruct (u_nonneg alpha beta1 beta2 theta0 g t) as [Hu|Hu].
  - unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (left; apply Rinv_0_lt_compat, Hu).
    apply Rmult_le_reg_r with (1 := Hu). rewrite Rmult_assoc, Rinv_l by lra. lra.
  - rewrite Hz by (symmetry; exact Hu). unfold Rdiv. rewrite Rmult_0_l, Rabs_R0.
    apply Rmult_le_pos; lra.
Qed.

(** With g_i = c beta2^i, u_t = c beta2^t. *)
Lemma adamax_decaying_step alpha beta1 beta2 theta0 g t c :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat -> 0 < c ->
  (forall i, (1 <= i <= t)%nat -> g i = c * beta2 ^ i) ->
  Delta alpha beta1 beta2 theta0 g t = - (alpha * S_ beta1 beta2 t).
Proof.
  intros H1 H2 Ht Hc Hg. assert (Hp := one_minus_pow_pos beta1 t H1 Ht).
  assert (Hpow : forall n, 0 < beta2 ^ n) by (intros; apply pow_lt; lra).
  assert (Hu : u alpha beta1 beta2 theta0 g t = c * beta2 ^ t).
  { destruct (adamax_u_is_the_maximum alpha beta1 beta2 theta0 g t ltac:(lra) Ht)
      as [_ (i & Hi & <-)].
    rewrite Hg by assumption. assert (0 < c * beta2 ^ i) by (apply Rmult_lt_0_compat; auto).
    rewrite Rabs_right by lra. replace t with (t - i + i)%nat at 2 by lia. rewrite pow_add. ring. }
  rewrite Delta_ratio, Hu, m_sum by assumption. unfold ratio, S_.
  rewrite (sum_reverse (fun k => (beta1 / beta2) ^ (k - 1))).
  rewrite (sum_ext (fun i => beta1 ^ (t - i) * g i)
    (fun i => c * beta2 ^ t * (beta1 / beta2) ^ (t + 1 - i - 1))).
  - rewrite sum_scale. specialize (Hpow t). field. repeat split; lra.
  - intros i Hi. rewrite Hg by assumption. replace (t + 1 - i - 1)%nat with (t - i)%nat by lia.
    rewrite pow_div. specialize (Hpow (t - i)%nat).
    replace (beta2 ^ t) with (beta2 ^ (t - i) * beta2 ^ i) by (rewrite <- pow_add; f_equal; lia).
    field. lra.
Qed.

(** C45, N12. The bound is attained, in every round by one sequence: g_i = beta2^i. *)
Theorem adamax_step_bound_attained :
  forall alpha beta1 beta2 theta0 t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 theta0 (fun i => beta2 ^ i) t) = alpha * S_ beta1 beta2 t.
Proof.
  intros * Ha H1 H2 Ht.
  rewrite (adamax_decaying_step _ _ _ _ _ t 1) by (assumption || lra || intros; ring).
  rewrite Rabs_Ropp, Rabs_right; [reflexivity|]. apply Rle_ge, Rmult_le_pos; [lra|].
  apply S_nonneg; assumption.
Qed.

(** C45, N12. The closed form, for q = beta1 / beta2 <> 1 (at q = 1 the sum in S_t is t). *)
Theorem adamax_largest_step_closed_form :
  forall beta1 beta2 t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    let q := beta1 / beta2 in
    q <> 1 ->
    S_ beta1 beta2 t = (1 - beta1) * (1 - q ^ t) / ((1 - beta1 ^ t) * (1 - q)).
Proof.
  intros * H1 H2 Ht q Hq. assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
  unfold S_. fold q. rewrite geometric_closed by assumption. field. lra.
Qed.

Lemma cv_pow_0 q : 0 <= q < 1 -> Un_cv (fun t => q ^ t) 0.
Proof.
  intros H e He. destruct (pow_lt_1_zero q ltac:(rewrite Rabs_right; lra) e He) as [N HN].
  exists N. intros n Hn. unfold R_dist. rewrite Rminus_0_r. apply HN; assumption.
Qed.

Lemma cv_const c : Un_cv (fun _ => c) c.
Proof. intros e He. exists O. intros. unfold R_dist. rewrite Rminus_diag_eq, Rabs_R0; lra. Qed.

Lemma cv_one_minus_pow q : 0 <= q < 1 -> Un_cv (fun t => 1 - q ^ t) 1.
Proof.
  intros H. assert (E := CV_minus _ _ _ _ (cv_const 1) (cv_pow_0 q H)).
  rewrite Rminus_0_r in E. exact E.
Qed.

Lemma cv_from_1 (f h : nat -> R) l :
  (forall t, (1 <= t)%nat -> f t = h t) -> Un_cv h l -> Un_cv f l.
Proof.
  intros E H e He. destruct (H e He) as [N HN]. exists (S N). intros n Hn.
  rewrite E by lia. apply HN. lia.
Qed.

(** N12. If q = beta1 / beta2 < 1, the largest step tends to alpha (1 - beta1) / (1 - q). *)
Theorem adamax_largest_step_limit :
  forall beta1 beta2,
    0 <= beta1 < 1 -> 0 < beta2 < 1 ->
    let q := beta1 / beta2 in
    q < 1 ->
    Un_cv (S_ beta1 beta2) ((1 - beta1) / (1 - q)).
Proof.
  intros * H1 H2 q Hq.
  assert (Hq0 : 0 <= q).
  { unfold q, Rdiv. apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]. }
  apply (cv_from_1 _ (fun t => (1 - beta1) / (1 - q) * ((1 - q ^ t) * / (1 - beta1 ^ t)))).
  { intros t Ht. assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
    rewrite adamax_largest_step_closed_form by (assumption || (fold q; lra)).
    fold q. field. lra. }
  replace ((1 - beta1) / (1 - q)) with ((1 - beta1) / (1 - q) * (1 * / 1)) at 1 by (field; lra).
  apply (CV_mult (fun _ => _)); [apply cv_const|].
  apply (CV_mult (fun t => 1 - q ^ t) (fun t => / (1 - beta1 ^ t))).
  - apply cv_one_minus_pow; lra.
  - apply (continuity_seq Rinv); [|apply cv_one_minus_pow, H1].
    apply (continuity_pt_inv id); [apply derivable_continuous_pt, derivable_pt_id | unfold id; lra].
Qed.

(** N12. If beta1 >= beta2, no multiple of alpha bounds the steps: S_t >= (1 - beta1) t. *)
Theorem adamax_largest_step_unbounded :
  forall beta1 beta2 t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat -> beta2 <= beta1 ->
    (1 - beta1) * INR t <= S_ beta1 beta2 t.
Proof.
  intros * H1 H2 Ht H. assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
  assert (Hq : 1 <= beta1 / beta2).
  { apply Rmult_le_reg_r with beta2; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (0 <= beta1 ^ t) by (apply pow_le; lra).
  unfold S_. apply Rmult_le_compat; [lra | apply pos_INR | |].
  - apply Rmult_le_reg_r with (1 := Ha). unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
  - rewrite <- (Rmult_1_r (INR t)), <- sum_const. apply sum_le; intros. apply pow_R1_Rle, Hq.
Qed.

(** ** The printed bound refuted *)

(** C45. The paper, section 7.1: "the magnitude of parameter updates has a simpler bound with
    AdaMax than Adam, namely |Delta_t| <= alpha". *)
Definition adamax_bound_of_the_paper : Prop :=
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 theta0 g t) <= alpha.

(** The first two gradients, then zeros. *)
Definition two (a b : R) (i : nat) : R := match i with 1%nat => a | 2%nat => b | _ => 0 end.

(** C45. At t = 2 the gradients (1/beta2, 1) step alpha (1 + beta1/beta2)/(1 + beta1), which is more
    than alpha for all 0 < beta1, beta2 < 1. *)
Theorem adamax_second_step :
  forall alpha beta1 beta2 theta0,
    0 < alpha -> 0 < beta1 < 1 -> 0 < beta2 < 1 ->
    Rabs (Delta alpha beta1 beta2 theta0 (two (1 / beta2) 1) 2)
    = alpha * ((1 + beta1 / beta2) / (1 + beta1)) /\
    1 < (1 + beta1 / beta2) / (1 + beta1).
Proof.
  intros * Ha H1 H2. assert (Hi := Rinv_0_lt_compat beta2 ltac:(lra)).
  assert (Hq : 0 < beta1 / beta2) by (apply Rdiv_lt_0_compat; lra).
  split.
  - rewrite (adamax_decaying_step _ _ _ _ _ 2 (/ beta2 ^ 2)).
    + assert (H := Rdiv_lt_0_compat (1 + beta1 / beta2) (1 + beta1) ltac:(lra) ltac:(lra)).
      replace (S_ beta1 beta2 2) with ((1 + beta1 / beta2) / (1 + beta1))
        by (unfold S_; simpl; field; repeat split; nra).
      rewrite Rabs_Ropp, Rabs_right; [reflexivity|]. apply Rle_ge, Rmult_le_pos; lra.
    + lra.
    + assumption.
    + lia.
    + apply Rinv_0_lt_compat, pow_lt; lra.
    + intros i Hi2. assert (i = 1 \/ i = 2)%nat as [-> | ->] by lia; simpl; field; lra.
  - apply Rmult_lt_reg_r with (1 + beta1); [lra|]. unfold Rdiv at 1.
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
    apply Rplus_lt_compat_l. apply Rmult_lt_reg_r with beta2; [lra|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
Qed.

(** C45. Refuted; here at beta1 = 9/10 and beta2 = 999/1000, the defaults. *)
Theorem adamax_bound_refuted : ~ adamax_bound_of_the_paper.
Proof.
  intros H.
  destruct (adamax_second_step 1 (9 / 10) (999 / 1000) 0) as [E L]; try lra.
  specialize (H 1 (9 / 10) (999 / 1000) 0 (two (1 / (999 / 1000)) 1) 2%nat).
  rewrite E in H. specialize (H ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lia)). lra.
Qed.

Lemma S_above_1 beta1 beta2 t :
  0 < beta1 < 1 -> 0 < beta2 < 1 -> (2 <= t)%nat -> 1 < S_ beta1 beta2 t.
Proof.
  intros H1 H2 Ht. assert (Ha := one_minus_pow_pos beta1 t ltac:(lra) ltac:(lia)).
  assert (Hq : beta1 < beta1 / beta2).
  { apply Rmult_lt_reg_r with beta2; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra. }
  assert (Hsum : (1 - beta1 ^ t) / (1 - beta1) < \sum_(k <= t) (beta1 / beta2) ^ (k - 1)).
  { rewrite <- geometric_closed by lra.
    (* term by term, and strictly in the last one *)
    destruct t as [|[|t]]; [lia | lia |]. rewrite !(sum_S _ (S t)). apply Rplus_le_lt_compat.
    - apply sum_le; intros. apply pow_incr; lra.
    - replace (S (S t) - 1)%nat with (S t) by lia. simpl.
      assert (0 < beta1 ^ t) by (apply pow_lt; lra).
      assert (beta1 ^ t <= (beta1 / beta2) ^ t) by (apply pow_incr; lra). nra. }
  unfold S_. apply Rmult_lt_reg_l with ((1 - beta1 ^ t) / (1 - beta1));
    [apply Rdiv_lt_0_compat; lra|].
  rewrite <- Rmult_assoc.
  replace ((1 - beta1 ^ t) / (1 - beta1) * ((1 - beta1) / (1 - beta1 ^ t))) with 1 by (field; lra).
  lra.
Qed.

(** C45. Corrected: in round t, |Delta_t| <= alpha holds for all gradients if and only if
    beta1 = 0 or t = 1. *)
Theorem adamax_bound_iff :
  forall alpha beta1 beta2 t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    (forall theta0 g, Rabs (Delta alpha beta1 beta2 theta0 g t) <= alpha)
    <-> beta1 = 0 \/ t = 1%nat.
Proof.
  intros * Ha H1 H2 Ht. split.
  - intros H. destruct (Req_dec beta1 0) as [|Hn]; [left; assumption|].
    destruct (Nat.eq_dec t 1) as [|Hn1]; [right; assumption|]. exfalso.
    specialize (H 0 (fun i => beta2 ^ i)).
    rewrite adamax_step_bound_attained in H by assumption.
    assert (HS := S_above_1 beta1 beta2 t ltac:(lra) H2 ltac:(lia)). nra.
  - intros H theta0 g.
    assert (HS : S_ beta1 beta2 t = 1).
    { assert (Hp := one_minus_pow_pos beta1 t H1 Ht). unfold S_. destruct H as [-> | ->].
      - rewrite (sum_ext _ (fun k => 0 ^ (k - 1))) by (intros; f_equal; unfold Rdiv; ring).
        rewrite geometric_closed, pow_i by (lra || lia). field.
      - simpl. field. lra. }
    assert (HB := adamax_step_bound alpha beta1 beta2 theta0 g t Ha H1 H2 Ht).
    rewrite HS in HB. lra.
Qed.
