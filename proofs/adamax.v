(** Section 7.1 of the paper: AdaMax (Algorithm 2). Its u_t is the largest of the decayed gradients,
    and is the limit of L^p norms. Its largest step is alpha S_t, which is attained, and which is
    more than alpha for all 0 < beta1, beta2 < 1 and t >= 2. *)
From Coq Require Import Reals Lra Lia Psatz.
From Adamlab Require Import sums setting rules.
Open Scope R_scope.

(** ** The run of Algorithm 2, in the paper's notation *)

Definition adamax_run (alpha beta1 beta2 theta0 : R) (g : nat -> R) (t : nat) : R * R * (R * R) :=
  run (adamax alpha beta1 beta2) free theta0 (0, 0) g t.

(** The point theta_t, the state m_t and u_t, and the step Delta_t = theta_t - theta_(t-1). *)
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

(** S_t of the largest step: (1 - beta1)/(1 - beta1^t) (1 + q + ... + q^(t-1)), with
    q = beta1 / beta2. *)
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
  - rewrite Hu.
    destruct (Rle_dec (beta2 * u alpha beta1 beta2 theta0 g t) (Rabs (g (S t)))) as [H|H].
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

(** N15. At beta2 = 0, which Algorithm 2 allows, it is otherwise: the gradients (1, 0) leave
    m_2 = beta1 (1 - beta1), which is not 0 if beta1 > 0, to be divided by u_2 = 0. So beta2 > 0
    below. *)
Theorem adamax_without_beta2_divides_by_zero :
  forall alpha beta1 theta0,
    let g i := if Nat.eqb i 1 then 1 else 0 in
    m alpha beta1 0 theta0 g 2 = beta1 * (1 - beta1) /\ u alpha beta1 0 theta0 g 2 = 0.
Proof.
  intros. split.
  - rewrite m_sum. unfold g. simpl. ring.
  - destruct (adamax_S alpha beta1 0 theta0 g 1) as (_ & -> & _).
    unfold g; simpl. rewrite Rmult_0_l, Rabs_R0. apply Rmax_left. lra.
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

Lemma S_pos beta1 beta2 t :
  0 < beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat -> 0 < S_ beta1 beta2 t.
Proof.
  intros H1 H2 Ht. assert (Ha := one_minus_pow_pos beta1 t ltac:(lra) Ht). unfold S_.
  apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat; lra|]. apply Rlt_le_trans with 1; [lra|].
  apply (sum_term_le (fun k => (beta1 / beta2) ^ (k - 1)) t 1); [|lia].
  intros. apply pow_le. left. apply Rdiv_lt_0_compat; lra.
Qed.

(** N12. New: the largest step of AdaMax. |theta_t - theta_(t-1)| <= alpha S_t for all t >= 1, all
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

(** N12. The bound is attained, by one sequence in every round: g_i = beta2^i. *)
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

(** N12. The closed form, for q = beta1 / beta2 <> 1 (at q = 1 the sum in S_t is t). *)
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

Lemma Delta_odd alpha beta1 beta2 theta0 g t :
  (1 <= t)%nat ->
  Delta alpha beta1 beta2 theta0 (fun i => - g i) t = - Delta alpha beta1 beta2 theta0 g t.
Proof.
  intros Ht. rewrite !Delta_ratio by assumption.
  assert (Hu : forall n, u alpha beta1 beta2 theta0 (fun i => - g i) n
                         = u alpha beta1 beta2 theta0 g n).
  { induction n as [|n IH]; [reflexivity|].
    destruct (adamax_S alpha beta1 beta2 theta0 g n) as (_ & -> & _).
    destruct (adamax_S alpha beta1 beta2 theta0 (fun i => - g i) n) as (_ & -> & _).
    rewrite IH, Rabs_Ropp. reflexivity. }
  rewrite Hu, !m_sum.
  rewrite (sum_ext (fun i => _ * - g i) (fun i => -1 * (beta1 ^ (t - i) * g i)))
    by (intros; ring).
  rewrite sum_scale. unfold ratio, Rdiv. ring.
Qed.

(** N12. For beta1 > 0 the bound is attained by no others: in round t the step is alpha S_t in size
    if and only if the gradients so far are a multiple, not 0, of g_i = beta2^i. *)
Theorem adamax_step_bound_attained_only_by_decay :
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 < beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 theta0 g t) = alpha * S_ beta1 beta2 t
    <-> exists c, c <> 0 /\ forall i, (1 <= i <= t)%nat -> g i = c * beta2 ^ i.
Proof.
  intros * Ha H1 H2 Ht. assert (Hp := one_minus_pow_pos beta1 t ltac:(lra) Ht).
  assert (HS := S_pos beta1 beta2 t H1 H2 Ht).
  assert (Hpow : forall n, 0 < beta2 ^ n) by (intros; apply pow_lt; lra). split.
  - intros E.
    destruct (adamax_u_is_the_maximum alpha beta1 beta2 theta0 g t ltac:(lra) Ht) as [Hle _].
    assert (HU := u_nonneg alpha beta1 beta2 theta0 g t).
    rewrite Delta_ratio, Rabs_Ropp, Rabs_mult in E by assumption.
    rewrite (Rabs_right (alpha / _)) in E by (apply Rle_ge, Rlt_le, Rdiv_lt_0_compat; lra).
    set (U := u alpha beta1 beta2 theta0 g t) in *.
    set (M := m alpha beta1 beta2 theta0 g t) in *.
    assert (Er : Rabs (ratio M U) = (1 - beta1 ^ t) * S_ beta1 beta2 t).
    { apply Rmult_eq_reg_l with (alpha / (1 - beta1 ^ t)).
      - rewrite E. field. lra.
      - apply Rgt_not_eq, Rdiv_lt_0_compat; lra. }
    assert (HR : 0 < (1 - beta1 ^ t) * S_ beta1 beta2 t) by (apply Rmult_lt_0_compat; assumption).
    assert (HU0 : 0 < U).
    { destruct HU as [|Hz]; [assumption|]. exfalso.
      assert (HM : M = 0)
        by (apply (adamax_divides_only_zero_by_zero alpha beta1 beta2 theta0 g t);
            [lra | assumption | symmetry; exact Hz]).
      rewrite HM in Er. unfold ratio, Rdiv in Er. rewrite Rmult_0_l, Rabs_R0 in Er. lra. }
    (* s is the sign of m_t; the sum of beta1^(t-i) (u_t / beta2^(t-i) - s g_i) is 0 *)
    assert (HM : Rabs M = (1 - beta1 ^ t) * S_ beta1 beta2 t * U).
    { rewrite <- Er. unfold ratio, Rdiv.
      rewrite Rabs_mult, (Rabs_right (/ U)) by (left; apply Rinv_0_lt_compat, HU0). field. lra. }
    assert (Hs : exists s, s * s = 1 /\ s * M = Rabs M).
    { destruct (Rle_dec 0 M); [exists 1 | exists (-1)]; split; try ring.
      - rewrite Rabs_right; lra.
      - rewrite Rabs_left; lra. }
    destruct Hs as (s & Hss & HsM). rewrite HM in HsM.
    assert (Hs1 : Rabs s = 1).
    { assert (H := Rabs_mult s s). rewrite Hss, Rabs_R1 in H. assert (H0 := Rabs_pos s). nra. }
    set (f i := beta1 ^ (t - i) * (U / beta2 ^ (t - i) - s * g i)).
    assert (Hf : forall i, (1 <= i <= t)%nat -> 0 <= f i).
    { intros i Hi. apply Rmult_le_pos; [apply pow_le; lra|].
      specialize (Hle i Hi). cbv beta in Hle. specialize (Hpow (t - i)%nat).
      assert (Hd : Rabs (g i) <= U / beta2 ^ (t - i)).
      { apply Rmult_le_reg_r with (1 := Hpow). unfold Rdiv.
        rewrite (Rmult_assoc U), Rinv_l by lra. lra. }
      assert (Hg := Rle_abs (s * g i)). rewrite Rabs_mult, Hs1 in Hg. lra. }
    assert (Hsum : sum f t = 0).
    { apply Rmult_eq_reg_l with (1 - beta1); [|lra]. rewrite Rmult_0_r.
      unfold f. rewrite (sum_ext _ (fun i => (beta1 / beta2) ^ (t + 1 - i - 1) * U
        - s * (beta1 ^ (t - i) * g i))).
      - rewrite sum_minus, sum_scale, sum_scale_r.
        rewrite <- (sum_reverse (fun k => (beta1 / beta2) ^ (k - 1))).
        unfold M in HsM. rewrite m_sum in HsM. unfold S_ in HsM.
        replace ((1 - beta1 ^ t) * ((1 - beta1) / (1 - beta1 ^ t)
                   * (\sum_(k <= t) (beta1 / beta2) ^ (k - 1))) * U)
          with ((1 - beta1) * ((\sum_(k <= t) (beta1 / beta2) ^ (k - 1)) * U)) in HsM
          by (field; lra).
        lra.
      - intros i Hi. replace (t + 1 - i - 1)%nat with (t - i)%nat by lia. rewrite pow_div.
        unfold Rdiv. ring. }
    exists (s * U / beta2 ^ t). specialize (Hpow t) as Hpt. split.
    + assert (s <> 0) by (intros ->; lra). unfold Rdiv.
      repeat apply Rmult_integral_contrapositive_currified;
        [assumption | lra | apply Rinv_neq_0_compat; lra].
    + intros i Hi. assert (H0 := sum_term_le f t i Hf Hi). rewrite Hsum in H0.
      specialize (Hf i Hi). assert (E0 : f i = 0) by lra. unfold f in E0.
      apply Rmult_integral in E0. destruct E0 as [E0|E0];
        [exfalso; revert E0; apply pow_nonzero; lra|].
      replace (g i) with (s * s * g i) by (rewrite Hss; ring).
      replace (s * s * g i) with (s * (s * g i)) by ring.
      replace (s * g i) with (U / beta2 ^ (t - i)) by lra.
      replace (beta2 ^ t) with (beta2 ^ (t - i) * beta2 ^ i) by (rewrite <- pow_add; f_equal; lia).
      assert (Hpi := Hpow i). specialize (Hpow (t - i)%nat). field. lra.
  - intros (c & Hc & Hg). destruct (Rlt_le_dec 0 c) as [Hpos|Hneg].
    + rewrite (adamax_decaying_step _ _ _ _ _ t c) by (assumption || lra).
      rewrite Rabs_Ropp, Rabs_right; [reflexivity|]. apply Rle_ge, Rmult_le_pos; lra.
    + rewrite <- Rabs_Ropp, <- Delta_odd by assumption.
      rewrite (adamax_decaying_step _ _ _ _ _ t (- c)); try assumption; try lra.
      * rewrite Rabs_Ropp, Rabs_right; [reflexivity|]. apply Rle_ge, Rmult_le_pos; lra.
      * intros i Hi. rewrite Hg by assumption. ring.
Qed.

(** ** The printed bound refuted *)

(** The paper, section 7.1: "the magnitude of parameter updates has a simpler bound with
    AdaMax than Adam, namely |Delta_t| <= alpha". *)
Definition adamax_bound_of_the_paper : Prop :=
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 theta0 g t) <= alpha.

(** C45. The paper's |Delta_t| <= alpha for AdaMax is refuted: t = 2, the defaults beta1 = 9/10 and
    beta2 = 999/1000, and the gradients (beta2, beta2^2). *)
Theorem adamax_bound_refuted : ~ adamax_bound_of_the_paper.
Proof.
  intros H.
  specialize (H 1 (9 / 10) (999 / 1000) 0 (fun i => (999 / 1000) ^ i) 2%nat).
  rewrite adamax_step_bound_attained in H by (lra || lia).
  replace (S_ (9 / 10) (999 / 1000) 2) with (2110 / 2109) in H by (unfold S_; simpl; field).
  specialize (H ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lia)). lra.
Qed.

(** The first two gradients, then zeros. *)
Definition two (a b : R) (i : nat) : R := match i with 1%nat => a | 2%nat => b | _ => 0 end.

(** C45. No exception: for all 0 < beta1, beta2 < 1 the gradients (1/beta2, 1) step
    alpha (1 + beta1/beta2)/(1 + beta1) at t = 2, which is more than alpha. *)
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

(** N12. For beta1 > 0 the largest steps grow from round to round, from S_1 = 1. *)
Theorem adamax_largest_step_increases :
  forall beta1 beta2 t,
    0 < beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    S_ beta1 beta2 1 = 1 /\ S_ beta1 beta2 t < S_ beta1 beta2 (S t).
Proof.
  intros * H1 H2 Ht. split; [unfold S_; simpl; field; lra|].
  assert (Ha := one_minus_pow_pos beta1 t ltac:(lra) Ht).
  assert (Hb := one_minus_pow_pos beta1 (S t) ltac:(lra) ltac:(lia)).
  assert (Hp : 0 < beta1 ^ t) by (apply pow_lt; lra).
  set (q := beta1 / beta2). set (y := / beta2).
  assert (Hy : 1 < y).
  { unfold y. rewrite <- Rinv_1. apply Rinv_lt_contravar; lra. }
  assert (Hq : forall k, q ^ k = beta1 ^ k * y ^ k).
  { intros. unfold q, y, Rdiv. apply Rpow_mult_distr. }
  (* S_t is an average of powers of y below y^t *)
  assert (Hlt : (1 - beta1) * (\sum_(k <= t) q ^ (k - 1)) < (1 - beta1 ^ t) * y ^ t).
  { rewrite <- geometric, Rmult_assoc, <- sum_scale_r. apply Rmult_lt_compat_l; [lra|].
    destruct t as [|t]; [lia|]. rewrite !(sum_S _ t). apply Rplus_le_lt_compat.
    - apply sum_le; intros k Hk. rewrite Hq. apply Rmult_le_compat_l; [apply pow_le; lra|].
      apply Rle_pow; [lra | lia].
    - rewrite Hq. apply Rmult_lt_compat_l; [apply pow_lt; lra|]. apply Rlt_pow; [lra | lia]. }
  unfold S_. fold q. rewrite (sum_S _ t). replace (S t - 1)%nat with t by lia. rewrite Hq.
  set (s := \sum_(k <= t) q ^ (k - 1)) in *.
  apply Rmult_lt_reg_r with ((1 - beta1 ^ t) * (1 - beta1 ^ S t));
    [apply Rmult_lt_0_compat; assumption|].
  replace ((1 - beta1) / (1 - beta1 ^ t) * s * ((1 - beta1 ^ t) * (1 - beta1 ^ S t)))
    with ((1 - beta1) * s * (1 - beta1 ^ S t)) by (field; lra).
  replace ((1 - beta1) / (1 - beta1 ^ S t) * (s + beta1 ^ t * y ^ t)
           * ((1 - beta1 ^ t) * (1 - beta1 ^ S t)))
    with ((1 - beta1) * (s + beta1 ^ t * y ^ t) * (1 - beta1 ^ t)) by (field; lra).
  assert (H : 0 < (1 - beta1) * beta1 ^ t * ((1 - beta1 ^ t) * y ^ t - (1 - beta1) * s)).
  { apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra. }
  simpl pow at 1. lra.
Qed.

(** N12. AdaMax is invariant to the scale of the gradients: c g_1, c g_2, ... with c > 0 give the
    same points; so all positive multiples of g_i = beta2^i make the largest steps. *)
Theorem adamax_scale_invariance :
  forall alpha beta1 beta2 theta0 g c t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < c ->
    theta alpha beta1 beta2 theta0 (fun i => c * g i) t = theta alpha beta1 beta2 theta0 g t.
Proof.
  intros * H1 H2 Hc.
  assert (Hm : forall n, m alpha beta1 beta2 theta0 (fun i => c * g i) n
                         = c * m alpha beta1 beta2 theta0 g n).
  { intros n. rewrite !m_sum.
    rewrite (sum_ext (fun i => _ * (c * g i)) (fun i => c * (beta1 ^ (n - i) * g i)))
      by (intros; ring).
    rewrite sum_scale. ring. }
  assert (Hu : forall n, u alpha beta1 beta2 theta0 (fun i => c * g i) n
                         = c * u alpha beta1 beta2 theta0 g n).
  { induction n as [|n IH]; [unfold u; simpl; ring|].
    destruct (adamax_S alpha beta1 beta2 theta0 g n) as (_ & -> & _).
    destruct (adamax_S alpha beta1 beta2 theta0 (fun i => c * g i) n) as (_ & -> & _).
    rewrite IH, Rabs_mult, (Rabs_right c), <- RmaxRmult by lra. f_equal. ring. }
  induction t as [|t IH]; [reflexivity|].
  assert (E : Delta alpha beta1 beta2 theta0 (fun i => c * g i) (S t)
              = Delta alpha beta1 beta2 theta0 g (S t)).
  { rewrite !Delta_ratio, Hm, Hu by lia. do 2 f_equal. unfold ratio.
    destruct (Req_dec (u alpha beta1 beta2 theta0 g (S t)) 0) as [H0|Hn].
    - apply (adamax_divides_only_zero_by_zero alpha beta1) in H0; [|lra|lia].
      rewrite H0. unfold Rdiv. ring.
    - field. split; [assumption | lra]. }
  unfold Delta in E. replace (S t - 1)%nat with t in E by lia. lra.
Qed.

(** ** The L^p norms *)

(** The paper's equation (6), with the decay rate beta2^p: the L^p form of v_t. It is no rule of the
    package. p is a whole number. *)
Fixpoint v_p (beta2 : R) (p : nat) (g : nat -> R) (t : nat) : R :=
  match t with
  | O => 0
  | S n => beta2 ^ p * v_p beta2 p g n + (1 - beta2 ^ p) * Rabs (g t) ^ p
  end.

(** The p-th root of x >= 0. *)
Definition root (p : nat) (x : R) : R :=
  if Req_EM_T x 0 then 0 else Rpower x (/ INR p).

(** It is the p-th root: nonnegative, and its p-th power is x. *)
Theorem root_is_the_root :
  forall p x, (1 <= p)%nat -> 0 <= x -> 0 <= root p x /\ root p x ^ p = x.
Proof.
  intros p x Hp Hx. assert (HI := INR_pos p Hp). unfold root. destruct (Req_EM_T x 0) as [->|Hn].
  - rewrite pow_i by lia. lra.
  - assert (Hr : 0 < Rpower x (/ INR p)) by apply exp_pos. split; [lra|].
    rewrite <- Rpower_pow, Rpower_mult, Rinv_l, Rpower_1; lra.
Qed.

(** C44. The paper's equation (7): v_t = (1 - beta2^p) sum_i beta2^(p (t-i)) |g_i|^p. *)
Theorem v_p_is_a_sum :
  forall beta2 p g t,
    v_p beta2 p g t = (1 - beta2 ^ p) * (\sum_(i <= t) beta2 ^ (p * (t - i)) * Rabs (g i) ^ p).
Proof.
  intros. induction t as [|t IH]; [simpl; ring|].
  simpl v_p. rewrite IH, sum_S, Nat.sub_diag, Nat.mul_0_r.
  rewrite (sum_ext (fun i => beta2 ^ (p * (S t - i)) * Rabs (g i) ^ p)
    (fun i => beta2 ^ p * (beta2 ^ (p * (t - i)) * Rabs (g i) ^ p))).
  - rewrite sum_scale. simpl (beta2 ^ 0). ring.
  - intros i Hi. replace (p * (S t - i))%nat with (p + p * (t - i))%nat by nia.
    rewrite pow_add. ring.
Qed.

(** c^(1/p) tends to 1. *)
Lemma cv_root_of_constant c : Un_cv (fun p => Rpower c (/ INR p)) 1.
Proof.
  assert (H0 : Un_cv (fun p => / INR p) 0).
  { intros e He. destruct (archimed_cor1 e He) as (N & HN & HN0). exists N. intros n Hn.
    assert (Hpos := INR_pos N HN0). assert (Hle : INR N <= INR n) by (apply le_INR; lia).
    unfold R_dist. rewrite Rminus_0_r, Rabs_right by (left; apply Rinv_0_lt_compat; lra).
    apply Rle_lt_trans with (2 := HN). apply Rinv_le_contravar; assumption. }
  unfold Rpower. rewrite <- exp_0. rewrite <- (Rmult_0_l (ln c)).
  apply (continuity_seq (fun x => exp (x * ln c)) (fun p => / INR p)); [|exact H0].
  apply derivable_continuous_pt. reg.
Qed.

(** A sandwich: if c M^p <= x_p <= C M^p, the p-th roots tend to M. *)
Lemma cv_root_sandwich (x : nat -> R) c C M :
  0 < c -> 0 < M -> (forall p, (1 <= p)%nat -> c * M ^ p <= x p <= C * M ^ p) ->
  Un_cv (fun p => root p (x p)) M.
Proof.
  intros Hc HM Hx e He.
  assert (HC : 0 < C).
  { specialize (Hx 1%nat (le_n 1)). simpl in Hx.
    assert (0 < c * M) by (apply Rmult_lt_0_compat; lra). nra. }
  assert (Hroot : forall a p, 0 < a -> (1 <= p)%nat ->
    Rpower (a * M ^ p) (/ INR p) = Rpower a (/ INR p) * M).
  { intros a p Ha Hp. assert (HI := INR_pos p Hp).
    rewrite <- Rpower_mult_distr by (assumption || apply pow_lt, HM).
    rewrite <- (Rpower_pow p M), Rpower_mult, Rinv_r, Rpower_1 by lra. reflexivity. }
  assert (HeM : 0 < e / M) by (apply Rdiv_lt_0_compat; assumption).
  destruct (cv_root_of_constant c (e / M) HeM) as [N1 HN1].
  destruct (cv_root_of_constant C (e / M) HeM) as [N2 HN2].
  exists (S (N1 + N2)). intros p Hp.
  specialize (HN1 p ltac:(lia)). specialize (HN2 p ltac:(lia)). unfold R_dist in *.
  apply Rabs_def2 in HN1, HN2. destruct (Hx p ltac:(lia)) as [Hlo Hhi].
  assert (HMp : 0 < c * M ^ p) by (apply Rmult_lt_0_compat; [|apply pow_lt]; assumption).
  assert (HI : 0 <= / INR p) by (left; apply Rinv_0_lt_compat, INR_pos; lia).
  assert (L := Rle_Rpower_l (c * M ^ p) (x p) (/ INR p) HI (conj HMp Hlo)).
  assert (U := Rle_Rpower_l (x p) (C * M ^ p) (/ INR p) HI ltac:(lra)).
  rewrite Hroot in L, U by (assumption || lia).
  unfold root. destruct (Req_EM_T (x p) 0) as [Hz|_]; [lra|].
  assert (HE : e / M * M = e) by (field; lra).
  apply Rabs_def1; nra.
Qed.

(** The factor before the sum does not matter, as long as it stays in [1 - beta2, 1]. *)
Lemma cv_norms alpha beta1 beta2 theta0 g t (f : nat -> R) :
  0 < beta2 < 1 -> (1 <= t)%nat -> (forall p, (1 <= p)%nat -> 1 - beta2 <= f p <= 1) ->
  Un_cv (fun p => root p (f p * (\sum_(i <= t) beta2 ^ (p * (t - i)) * Rabs (g i) ^ p)))
        (u alpha beta1 beta2 theta0 g t).
Proof.
  intros H2 Ht Hf.
  destruct (adamax_u_is_the_maximum alpha beta1 beta2 theta0 g t ltac:(lra) Ht)
    as [Hle (j & Hj & Ej)].
  assert (Hz := proj1 (adamax_divides_only_zero_by_zero alpha beta1 beta2 theta0 g t
                         ltac:(lra) Ht)).
  assert (HU := u_nonneg alpha beta1 beta2 theta0 g t).
  set (M := u alpha beta1 beta2 theta0 g t) in *. set (h i := beta2 ^ (t - i) * Rabs (g i)).
  assert (Hh : forall i, 0 <= h i)
    by (intros; apply Rmult_le_pos; [apply pow_le; lra | apply Rabs_pos]).
  assert (Hs : forall p, \sum_(i <= t) beta2 ^ (p * (t - i)) * Rabs (g i) ^ p
                         = \sum_(i <= t) h i ^ p).
  { intros p. apply sum_ext; intros i Hi. unfold h.
    rewrite Rpow_mult_distr, <- pow_mult, Nat.mul_comm. reflexivity. }
  destruct HU as [HU|HU].
  - apply (cv_root_sandwich _ (1 - beta2) (INR t)); [lra | exact HU |].
    intros p Hp. rewrite Hs. specialize (Hf p Hp).
    assert (HMp : 0 < M ^ p) by (apply pow_lt, HU).
    assert (Hlo : M ^ p <= \sum_(i <= t) h i ^ p).
    { rewrite <- Ej.
      apply (sum_term_le (fun i => h i ^ p)); [intros; apply pow_le, Hh | exact Hj]. }
    assert (Hhi : \sum_(i <= t) h i ^ p <= INR t * M ^ p).
    { rewrite <- sum_const. apply sum_le; intros i Hi. apply pow_incr. split; [apply Hh|].
      apply Hle, Hi. }
    split; [apply Rmult_le_compat; lra|]. rewrite <- (Rmult_1_l (INR t * _)).
    apply Rmult_le_compat; lra.
  - apply (cv_from_1 _ (fun _ => M)); [|apply cv_const]. intros p Hp.
    rewrite Hs, (sum_ext _ (fun _ => 0)), sum_zero.
    + unfold root. destruct (Req_EM_T (f p * 0) 0) as [_|Hn]; [exact HU | lra].
    + intros i Hi. unfold h. rewrite (proj1 Hz (eq_sym HU) i Hi), Rabs_R0, Rmult_0_r.
      apply pow_i. lia.
Qed.

(** C44. The paper's equations (8) to (11): as p tends to infinity the p-th root of v_t tends to
    u_t of Algorithm 2, the maximum of beta2^(t-i) |g_i|. For all t >= 1 and all gradients, those
    that are all zero included; and without a bias correction or with it: v_t / (1 - beta2^(p t))
    has the same limit, so that u_t needs none. *)
Theorem norms_tend_to_adamax_u :
  forall alpha beta1 beta2 theta0 g t,
    0 < beta2 < 1 -> (1 <= t)%nat ->
    Un_cv (fun p => root p (v_p beta2 p g t)) (u alpha beta1 beta2 theta0 g t) /\
    Un_cv (fun p => root p (v_p beta2 p g t / (1 - beta2 ^ (p * t))))
          (u alpha beta1 beta2 theta0 g t).
Proof.
  intros * H2 Ht.
  assert (Hp : forall p, (1 <= p)%nat -> 0 < beta2 ^ p <= beta2).
  { intros p H. split; [apply pow_lt; lra|]. destruct p as [|p]; [lia|]. simpl.
    assert (beta2 ^ p <= 1) by (apply pow_le_1; lra). nra. }
  split.
  - apply (cv_from_1 _ (fun p => root p ((1 - beta2 ^ p)
      * (\sum_(i <= t) beta2 ^ (p * (t - i)) * Rabs (g i) ^ p)))).
    + intros. rewrite v_p_is_a_sum. reflexivity.
    + apply cv_norms; [assumption | assumption |]. intros p H. specialize (Hp p H). lra.
  - apply (cv_from_1 _ (fun p => root p ((1 - beta2 ^ p) / (1 - beta2 ^ (p * t))
      * (\sum_(i <= t) beta2 ^ (p * (t - i)) * Rabs (g i) ^ p)))).
    + intros. rewrite v_p_is_a_sum. f_equal. unfold Rdiv. ring.
    + apply cv_norms; [assumption | assumption |]. intros p H. specialize (Hp p H).
      assert (Hpt : 0 < beta2 ^ (p * t) <= beta2 ^ p).
      { split; [apply pow_lt; lra|]. rewrite pow_mult.
        destruct t as [|t]; [lia|]. simpl.
        assert ((beta2 ^ p) ^ t <= 1) by (apply pow_le_1; lra). nra. }
      split; apply Rmult_le_reg_r with (1 - beta2 ^ (p * t)); try lra; unfold Rdiv;
        rewrite Rmult_assoc, Rinv_l by lra; nra.
Qed.

(** C53. The paper: the method "only requires first-order gradients". Holds for AdaMax: a step
    depends on the gradients so far and on nothing else, not even on the point. *)
Theorem adamax_step_depends_on_gradients_only :
  forall alpha beta1 beta2 theta0 theta0' g g' t,
    (1 <= t)%nat -> (forall i, (1 <= i <= t)%nat -> g i = g' i) ->
    Delta alpha beta1 beta2 theta0 g t = Delta alpha beta1 beta2 theta0' g' t.
Proof.
  intros * Ht Hg. rewrite !Delta_ratio by assumption. do 3 f_equal.
  - rewrite !m_sum. f_equal. apply sum_ext; intros i Hi. rewrite Hg by assumption. reflexivity.
  - clear Ht. induction t as [|t IH]; [reflexivity|].
    destruct (adamax_S alpha beta1 beta2 theta0 g t) as (_ & -> & _).
    destruct (adamax_S alpha beta1 beta2 theta0' g' t) as (_ & -> & _).
    rewrite IH, Hg; [reflexivity | lia | intros; apply Hg; lia].
Qed.
