(** Section 2.1 of the paper: how long are the steps of Adam (Algorithm 1)? m_hat and v_hat are
    weighted means; the largest possible step is alpha rho_t, and is attained; the printed bounds
    are refuted, each with the exact condition under which it is true. Also: sparse gradients,
    annealing, invariance to the scale of the gradients, the efficient order of computation.

    As in that section eps = 0, unless eps is named. Throughout 0 <= beta1 < 1 and 0 < beta2 < 1.
    The paper allows beta2 = 0 too; there Algorithm 1 without eps divides m_hat_t by |g_t|, which
    may be 0 after gradients that are not. For 0 < beta2 the only division by zero is 0/0, which is
    read as 0. *)
From Coq Require Import Reals ZArith Lra Lia Psatz.
From Adamlab Require Import sums setting rules.
Open Scope R_scope.

(** ** The run of Algorithm 1, in the paper's notation *)

Definition adam_run (alpha beta1 beta2 eps theta0 : R) (g : nat -> R) (t : nat)
    : R * R * (R * R) :=
  run (adam alpha beta1 beta2 eps) free theta0 (0, 0) g t.

(** The point theta_t, the corrected moments, and the step Delta_t = theta_t - theta_(t-1). *)
Definition theta (alpha beta1 beta2 eps theta0 : R) (g : nat -> R) (t : nat) : R :=
  point (adam_run alpha beta1 beta2 eps theta0 g t).
Definition m_hat (alpha beta1 beta2 eps theta0 : R) (g : nat -> R) (t : nat) : R :=
  fst (state (adam_run alpha beta1 beta2 eps theta0 g t)) / (1 - beta1 ^ t).
Definition v_hat (alpha beta1 beta2 eps theta0 : R) (g : nat -> R) (t : nat) : R :=
  snd (state (adam_run alpha beta1 beta2 eps theta0 g t)) / (1 - beta2 ^ t).
Definition Delta (alpha beta1 beta2 eps theta0 : R) (g : nat -> R) (t : nat) : R :=
  theta alpha beta1 beta2 eps theta0 g t - theta alpha beta1 beta2 eps theta0 g (t - 1).

(** The weight, after t rounds, of a gradient that is k rounds old: w_k for beta1, u_k for beta2. *)
Definition weight (beta : R) (t k : nat) : R := (1 - beta) * beta ^ k / (1 - beta ^ t).

(** rho_t, with rho_t^2 = sum_k w_k^2 / u_k; gradient i is k = t - i rounds old. *)
Definition rho (beta1 beta2 : R) (t : nat) : R :=
  sqrt (\sum_(i <= t) weight beta1 t (t - i) ^ 2 / weight beta2 t (t - i)).

(** ** Helpers *)

Lemma one_minus_pow_pos beta t : 0 <= beta < 1 -> (1 <= t)%nat -> 0 < 1 - beta ^ t.
Proof. intros H Ht. assert (beta ^ t < 1) by (apply pow_lt_1; assumption). lra. Qed.

Lemma pow_div a b k : (a / b) ^ k = a ^ k / b ^ k.
Proof. unfold Rdiv. rewrite Rpow_mult_distr, pow_inv. reflexivity. Qed.

Lemma weight_nonneg beta t k : 0 <= beta < 1 -> (1 <= t)%nat -> 0 <= weight beta t k.
Proof.
  intros H Ht. assert (H1 := one_minus_pow_pos beta t H Ht). unfold weight, Rdiv.
  apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow_le; lra] | ].
  left; apply Rinv_0_lt_compat; assumption.
Qed.

Lemma weight_pos beta t k : 0 < beta < 1 -> (1 <= t)%nat -> 0 < weight beta t k.
Proof.
  intros H Ht. assert (H1 := one_minus_pow_pos beta t ltac:(lra) Ht). unfold weight, Rdiv.
  apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [lra | apply pow_lt; lra] | ].
  apply Rinv_0_lt_compat; assumption.
Qed.

Lemma weights_sum_to_1 beta t :
  0 <= beta < 1 -> (1 <= t)%nat -> \sum_(i <= t) weight beta t (t - i) = 1.
Proof.
  intros H Ht. assert (H1 := one_minus_pow_pos beta t H Ht). unfold weight.
  rewrite sum_div, sum_scale, geometric_weights. field. lra.
Qed.

(** What an exponential moving average is after its correction. *)
Lemma average_is_weighted beta f (M : nat -> R) t :
  M 0%nat = 0 -> (forall n, M (S n) = beta * M n + (1 - beta) * f (S n)) ->
  M t / (1 - beta ^ t) = \sum_(i <= t) weight beta t (t - i) * f i.
Proof.
  intros H0 HS.
  assert (HM : forall n, M n = \sum_(i <= n) (1 - beta) * beta ^ (n - i) * f i).
  { induction n as [|n IH]; [assumption|].
    rewrite HS, IH, sum_S, Nat.sub_diag, <- sum_scale. f_equal; [|simpl; ring].
    apply sum_ext; intros i Hi. replace (S n - i)%nat with (S (n - i)) by lia. simpl; ring. }
  rewrite HM, <- sum_div. apply sum_ext; intros; unfold weight, Rdiv; ring.
Qed.

Section One_run.
  Variables (alpha beta1 beta2 eps theta0 : R) (g : nat -> R).
  Notation run_ := (adam_run alpha beta1 beta2 eps theta0 g).
  Notation mh := (m_hat alpha beta1 beta2 eps theta0 g).
  Notation vh := (v_hat alpha beta1 beta2 eps theta0 g).

  Lemma adam_state_S t :
    state (run_ (S t)) =
      (beta1 * fst (state (run_ t)) + (1 - beta1) * g (S t),
       beta2 * snd (state (run_ t)) + (1 - beta2) * (g (S t) * g (S t))).
  Proof.
    unfold adam_run. rewrite run_S. destruct (run _ _ _ _ _ t) as [[x y] [m v]]. reflexivity.
  Qed.

  Lemma m_hat_sum t : mh t = \sum_(i <= t) weight beta1 t (t - i) * g i.
  Proof.
    apply (average_is_weighted beta1 g (fun n => fst (state (run_ n)))); [reflexivity|].
    intros n. rewrite adam_state_S. reflexivity.
  Qed.

  Lemma v_hat_sum t : vh t = \sum_(i <= t) weight beta2 t (t - i) * g i ^ 2.
  Proof.
    apply (average_is_weighted beta2 (fun i => g i ^ 2) (fun n => snd (state (run_ n))));
      [reflexivity|].
    intros n. rewrite adam_state_S. simpl. ring.
  Qed.

  Lemma Delta_ratio t :
    (1 <= t)%nat ->
    Delta alpha beta1 beta2 eps theta0 g t = - (alpha * ratio (mh t) (sqrt (vh t) + eps)).
  Proof.
    intros Ht. destruct t as [|t]; [lia|]. unfold Delta, theta, m_hat, v_hat.
    replace (S t - 1)%nat with t by lia. rewrite adam_state_S.
    unfold adam_run. rewrite run_S. destruct (run _ _ _ _ _ t) as [[x y] [m v]].
    unfold free, point, state; simpl. ring.
  Qed.

  Hypothesis H2 : 0 < beta2 < 1.

  (** Cauchy-Schwarz: sum w g = sum (w / sqrt u) (sqrt u g). *)
  Lemma m_hat_le t : (1 <= t)%nat -> Rabs (mh t) <= rho beta1 beta2 t * sqrt (vh t).
  Proof.
    intros Ht. rewrite m_hat_sum, v_hat_sum. unfold rho.
    set (w k := weight beta1 t k). set (u k := weight beta2 t k).
    assert (Hu : forall k, 0 < u k) by (intros; apply weight_pos; assumption).
    assert (Hs : forall k, sqrt (u k) * sqrt (u k) = u k)
      by (intros; apply sqrt_sqrt; left; apply Hu).
    assert (Hp : forall k, 0 < sqrt (u k)) by (intros; apply sqrt_lt_R0, Hu).
    assert (H := cauchy_schwarz_sqrt (fun i => w (t - i)%nat / sqrt (u (t - i)%nat))
                   (fun i => sqrt (u (t - i)%nat) * g i) t).
    rewrite (sum_ext _ (fun i => w (t - i)%nat * g i)) in H.
    - rewrite (sum_ext (fun i => (_ / _) ^ 2) (fun i => w (t - i)%nat ^ 2 / u (t - i)%nat)) in H.
      + rewrite (sum_ext (fun i => (_ * _) ^ 2) (fun i => u (t - i)%nat * g i ^ 2)) in H;
          [exact H|].
        intros i _. rewrite <- (Hs (t - i)%nat) at 2. ring.
      + intros i _. rewrite <- (Hs (t - i)%nat) at 2. specialize (Hp (t - i)%nat). field. lra.
    - intros i _. specialize (Hp (t - i)%nat). field. lra.
  Qed.

  (** With eps = 0 the only division by zero is 0/0. *)
  Lemma m_hat_zero t : (1 <= t)%nat -> sqrt (vh t) = 0 -> mh t = 0.
  Proof.
    intros Ht H0. assert (H := m_hat_le t Ht). rewrite H0, Rmult_0_r in H.
    destruct (Req_dec (mh t) 0) as [|Hn]; [assumption|].
    apply Rabs_pos_lt in Hn. lra.
  Qed.
End One_run.

Lemma rho_nonneg beta1 beta2 t : 0 <= rho beta1 beta2 t.
Proof. apply sqrt_pos. Qed.

(** ** The weights *)

(** All that follows comes from these two lines: m_hat_t and v_hat_t are means of the gradients
    and of their squares, with weights w_k and u_k that sum to 1. *)
Theorem corrected_moments_are_weighted_means :
  forall alpha beta1 beta2 eps theta0 g t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    m_hat alpha beta1 beta2 eps theta0 g t = \sum_(i <= t) weight beta1 t (t - i) * g i /\
    v_hat alpha beta1 beta2 eps theta0 g t = \sum_(i <= t) weight beta2 t (t - i) * g i ^ 2 /\
    \sum_(i <= t) weight beta1 t (t - i) = 1 /\ \sum_(i <= t) weight beta2 t (t - i) = 1.
Proof.
  intros. repeat split.
  - apply m_hat_sum.
  - apply v_hat_sum.
  - apply weights_sum_to_1; assumption.
  - apply weights_sum_to_1; [lra | assumption].
Qed.

(** With eps = 0 Algorithm 1 divides by 0 only where all gradients so far are 0; and then it is 0
    that it divides. *)
Theorem adam_divides_only_zero_by_zero :
  forall alpha beta1 beta2 theta0 g t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    v_hat alpha beta1 beta2 0 theta0 g t = 0 ->
    m_hat alpha beta1 beta2 0 theta0 g t = 0 /\ forall i, (1 <= i <= t)%nat -> g i = 0.
Proof.
  intros * H1 H2 Ht Hv. split.
  - apply m_hat_zero; try assumption. rewrite Hv. apply sqrt_0.
  - intros i Hi. rewrite v_hat_sum in Hv.
    assert (Hu := weight_pos beta2 t (t - i) H2 Ht).
    assert (H := sum_term_le (fun i => weight beta2 t (t - i) * g i ^ 2) t i).
    cbv beta in H. rewrite Hv in H. specialize (H ltac:(intros j Hj;
      apply Rmult_le_pos; [apply weight_nonneg; [lra|assumption] | apply pow2_ge_0]) Hi).
    clear - Hu H. assert (g i ^ 2 = 0) by (assert (0 <= g i ^ 2) by apply pow2_ge_0; nra). nra.
Qed.

(** ** The largest step *)

(** C04. New: the largest step. |theta_t - theta_(t-1)| <= alpha rho_t for all t >= 1, all gradients
    and every starting point. *)
Theorem adam_step_bound :
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 0 theta0 g t) <= alpha * rho beta1 beta2 t.
Proof.
  intros * Ha H1 H2 Ht. rewrite Delta_ratio, Rabs_Ropp, Rabs_mult, Rplus_0_r by assumption.
  rewrite (Rabs_right alpha) by lra. apply Rmult_le_compat_l; [lra|].
  assert (H := m_hat_le alpha beta1 beta2 0 theta0 g H2 t Ht).
  assert (Hz := m_hat_zero alpha beta1 beta2 0 theta0 g H2 t Ht).
  assert (Hs := sqrt_pos (v_hat alpha beta1 beta2 0 theta0 g t)).
  unfold ratio. destruct Hs as [Hs|Hs].
  - unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (left; apply Rinv_0_lt_compat, Hs).
    apply Rmult_le_reg_r with (1 := Hs). rewrite Rmult_assoc, Rinv_l by lra. lra.
  - rewrite Hz by (symmetry; exact Hs). unfold Rdiv. rewrite Rmult_0_l, Rabs_R0. apply rho_nonneg.
Qed.

(** The ratio of the weights is a constant times (beta1 / beta2)^k. *)
Lemma weight_ratio beta1 beta2 t k :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  weight beta1 t k / weight beta2 t k
  = weight beta1 t 0 / weight beta2 t 0 * (beta1 / beta2) ^ k.
Proof.
  intros H1 H2 Ht. unfold weight.
  assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
  assert (Hb := one_minus_pow_pos beta2 t ltac:(lra) Ht).
  assert (Hk : 0 < beta2 ^ k) by (apply pow_lt; lra).
  rewrite pow_div. simpl. field. repeat split; lra.
Qed.

Lemma rho_pos beta1 beta2 t :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat -> 0 < rho beta1 beta2 t.
Proof.
  intros H1 H2 Ht. apply sqrt_lt_R0.
  assert (Hu : forall k, 0 < weight beta2 t k) by (intros; apply weight_pos; assumption).
  assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
  apply Rlt_le_trans with (weight beta1 t (t - t) ^ 2 / weight beta2 t (t - t)).
  - apply Rdiv_lt_0_compat; [apply pow_lt | apply Hu].
    rewrite Nat.sub_diag. unfold weight. simpl. apply Rdiv_lt_0_compat; lra.
  - apply (sum_term_le (fun i => weight beta1 t (t - i) ^ 2 / weight beta2 t (t - i))); [|lia].
    intros i _. unfold Rdiv.
    apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat, Hu].
Qed.

(** Gradients proportional to w / u step alpha rho_t: m_hat = c rho^2 and v_hat = (c rho)^2. *)
Lemma proportional_gradients_step alpha beta1 beta2 theta0 g t c :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat -> 0 < c ->
  (forall i, (1 <= i <= t)%nat -> g i = c * (beta1 / beta2) ^ (t - i)) ->
  Delta alpha beta1 beta2 0 theta0 g t = - (alpha * rho beta1 beta2 t).
Proof.
  intros H1 H2 Ht Hc Hg.
  set (w k := weight beta1 t k). set (u k := weight beta2 t k).
  assert (Hu : forall k, 0 < u k) by (intros; apply weight_pos; assumption).
  assert (Hw0 : 0 < w 0%nat).
  { unfold w, weight. simpl. assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
    unfold Rdiv. apply Rmult_lt_0_compat; [lra | apply Rinv_0_lt_compat, Ha]. }
  set (c' := c * (u 0%nat / w 0%nat)).
  assert (Hc' : 0 < c').
  { apply Rmult_lt_0_compat; [assumption|]. apply Rdiv_lt_0_compat; [apply Hu | exact Hw0]. }
  assert (Hg' : forall i, (1 <= i <= t)%nat -> g i = c' * (w (t - i)%nat / u (t - i)%nat)).
  { intros i Hi. rewrite Hg by assumption. unfold c', w, u.
    rewrite (weight_ratio beta1 beta2 t (t - i)) by assumption. fold (w 0%nat) (u 0%nat).
    specialize (Hu 0%nat). field. split; lra. }
  set (s := \sum_(i <= t) w (t - i)%nat ^ 2 / u (t - i)%nat).
  assert (Hm : m_hat alpha beta1 beta2 0 theta0 g t = c' * s).
  { rewrite m_hat_sum. unfold s. rewrite <- sum_scale. apply sum_ext; intros i Hi.
    rewrite Hg' by assumption. unfold w, Rdiv. ring. }
  assert (Hv : v_hat alpha beta1 beta2 0 theta0 g t = c' * c' * s).
  { rewrite v_hat_sum. unfold s. rewrite <- sum_scale. apply sum_ext; intros i Hi.
    rewrite Hg' by assumption. fold (u (t - i)%nat). specialize (Hu (t - i)%nat). field. lra. }
  assert (Hs : 0 < s) by (apply sqrt_lt_0_alt; rewrite sqrt_0; apply rho_pos; assumption).
  rewrite Delta_ratio, Hm, Hv, Rplus_0_r by assumption. unfold ratio.
  change (rho beta1 beta2 t) with (sqrt s).
  assert (Hq := sqrt_lt_R0 s Hs). assert (Hqq := sqrt_sqrt s ltac:(lra)).
  assert (Hcc : 0 < c' * c') by (apply Rmult_lt_0_compat; exact Hc').
  rewrite sqrt_mult, sqrt_square by lra.
  rewrite <- Hqq at 1. field. split; lra.
Qed.

(** C04. New: the bound is attained. In every round t the gradients g_(t-k) = (beta1/beta2)^k make
    a step of exactly alpha rho_t. (For beta1 = 0, as 0^0 = 1, this is a single 1 after zeros.) *)
Theorem adam_step_bound_attained :
  forall alpha beta1 beta2 theta0 t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 0 theta0 (fun i => (beta1 / beta2) ^ (t - i)) t)
    = alpha * rho beta1 beta2 t.
Proof.
  intros * Ha H1 H2 Ht.
  rewrite (proportional_gradients_step _ _ _ _ _ t 1) by (assumption || lra || intros; ring).
  assert (H := rho_nonneg beta1 beta2 t). rewrite Rabs_Ropp, Rabs_right; nra.
Qed.

(** ** The closed form of rho *)

Lemma rho_squared_terms beta1 beta2 t k :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  weight beta1 t k ^ 2 / weight beta2 t k
  = ((1 - beta1) / (1 - beta1 ^ t)) ^ 2 * ((1 - beta2 ^ t) / (1 - beta2))
    * (beta1 ^ 2 / beta2) ^ k.
Proof.
  intros H1 H2 Ht. unfold weight.
  assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
  assert (Hb := one_minus_pow_pos beta2 t ltac:(lra) Ht).
  assert (Hk : 0 < beta2 ^ k) by (apply pow_lt; lra).
  rewrite (pow_div (beta1 ^ 2)), <- pow_mult, Nat.mul_comm, pow_mult.
  field. repeat split; lra.
Qed.

Lemma rho_as_a_geometric_sum beta1 beta2 t :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  let r := beta1 ^ 2 / beta2 in
  rho beta1 beta2 t
  = (1 - beta1) / (1 - beta1 ^ t)
    * sqrt ((1 - beta2 ^ t) / (1 - beta2) * (\sum_(k <= t) r ^ (k - 1))).
Proof.
  intros H1 H2 Ht r. unfold rho.
  rewrite (sum_ext _ (fun i => ((1 - beta1) / (1 - beta1 ^ t)) ^ 2
    * ((1 - beta2 ^ t) / (1 - beta2)) * r ^ (t - i)))
    by (intros; apply rho_squared_terms; assumption).
  rewrite sum_scale, (sum_reverse (fun k => r ^ (k - 1))).
  rewrite (sum_ext (fun i => r ^ (t + 1 - i - 1)) (fun i => r ^ (t - i)))
    by (intros; f_equal; lia).
  assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
  assert (Hb := one_minus_pow_pos beta2 t ltac:(lra) Ht).
  rewrite Rmult_assoc, sqrt_mult.
  - rewrite sqrt_pow2; [reflexivity|]. unfold Rdiv. apply Rmult_le_pos; [lra|].
    left; apply Rinv_0_lt_compat; lra.
  - apply pow2_ge_0.
  - apply Rmult_le_pos; [unfold Rdiv; apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]|].
    apply sum_nonneg; intros. apply pow_le. unfold r, Rdiv.
    apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra].
Qed.

(** C04. New: the closed form of rho_t, with r = beta1^2 / beta2. The sum in it is
    1 + r + ... + r^(t-1), which is (1 - r^t)/(1 - r), or t if r = 1. *)
Theorem rho_closed_form :
  forall beta1 beta2 t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    let r := beta1 ^ 2 / beta2 in
    rho beta1 beta2 t
    = (1 - beta1) / (1 - beta1 ^ t)
      * sqrt ((1 - beta2 ^ t) / (1 - beta2) * (\sum_(k <= t) r ^ (k - 1))) /\
    (r <> 1 ->
     rho beta1 beta2 t
     = (1 - beta1) / (1 - beta1 ^ t)
       * sqrt ((1 - beta2 ^ t) / (1 - beta2) * ((1 - r ^ t) / (1 - r)))).
Proof.
  intros * H1 H2 Ht r. assert (E := rho_as_a_geometric_sum beta1 beta2 t H1 H2 Ht). fold r in E.
  split; [exact E|]. intros Hr. rewrite E, geometric_closed by assumption. reflexivity.
Qed.

(** rho^2 = rho_infinity^2 (1 - beta2^t)(1 - r^t)/(1 - beta1^t)^2. *)
Lemma rho_by_its_limit beta1 beta2 t :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  let r := beta1 ^ 2 / beta2 in
  r < 1 ->
  rho beta1 beta2 t
  = (1 - beta1) / sqrt ((1 - beta2) * (1 - r))
    * (sqrt ((1 - beta2 ^ t) * (1 - r ^ t)) / (1 - beta1 ^ t)).
Proof.
  intros H1 H2 Ht r Hr.
  assert (Hr0 : 0 <= r).
  { unfold r, Rdiv. apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra]. }
  assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
  assert (Hb := one_minus_pow_pos beta2 t ltac:(lra) Ht).
  assert (Hc := one_minus_pow_pos r t ltac:(lra) Ht).
  assert (Hp : 0 < (1 - beta2) * (1 - r)) by (apply Rmult_lt_0_compat; lra).
  destruct (rho_closed_form beta1 beta2 t H1 H2 Ht) as [_ E]. fold r in E. rewrite E by lra.
  replace ((1 - beta2 ^ t) / (1 - beta2) * ((1 - r ^ t) / (1 - r)))
    with ((1 - beta2 ^ t) * (1 - r ^ t) / ((1 - beta2) * (1 - r))) by (field; lra).
  rewrite sqrt_div by (try apply Rmult_le_pos; lra).
  assert (H := sqrt_lt_R0 _ Hp). field. lra.
Qed.

Lemma cv_pow_0 q : 0 <= q < 1 -> Un_cv (fun t => q ^ t) 0.
Proof.
  intros H e He. destruct (pow_lt_1_zero q ltac:(rewrite Rabs_right; lra) e He) as [N HN].
  exists N. intros n Hn. unfold R_dist. rewrite Rminus_0_r. apply HN; assumption.
Qed.

Lemma cv_from_1 (f h : nat -> R) l :
  (forall t, (1 <= t)%nat -> f t = h t) -> Un_cv h l -> Un_cv f l.
Proof.
  intros E H e He. destruct (H e He) as [N HN]. exists (S N). intros n Hn.
  rewrite E by lia. apply HN. lia.
Qed.

Lemma cv_const c : Un_cv (fun _ => c) c.
Proof. intros e He. exists O. intros. unfold R_dist. rewrite Rminus_diag_eq, Rabs_R0; lra. Qed.

Lemma cv_one_minus_pow q : 0 <= q < 1 -> Un_cv (fun t => 1 - q ^ t) 1.
Proof.
  intros H. assert (E := CV_minus _ _ _ _ (cv_const 1) (cv_pow_0 q H)).
  rewrite Rminus_0_r in E. exact E.
Qed.

(** C04. New: if r = beta1^2 / beta2 < 1, the largest step tends to
    alpha (1 - beta1) / sqrt((1 - beta2)(1 - r)). *)
Theorem rho_limit :
  forall beta1 beta2,
    0 <= beta1 < 1 -> 0 < beta2 < 1 ->
    let r := beta1 ^ 2 / beta2 in
    r < 1 ->
    Un_cv (rho beta1 beta2) ((1 - beta1) / sqrt ((1 - beta2) * (1 - r))).
Proof.
  intros * H1 H2 r Hr.
  assert (Hr0 : 0 <= r).
  { unfold r, Rdiv. apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra]. }
  apply (cv_from_1 _ (fun t => (1 - beta1) / sqrt ((1 - beta2) * (1 - r))
    * (sqrt ((1 - beta2 ^ t) * (1 - r ^ t)) / (1 - beta1 ^ t)))).
  { intros. apply rho_by_its_limit; assumption. }
  replace ((1 - beta1) / sqrt ((1 - beta2) * (1 - r)))
    with ((1 - beta1) / sqrt ((1 - beta2) * (1 - r)) * (sqrt (1 * 1) * / 1)) at 1
    by (rewrite Rmult_1_l, sqrt_1; lra).
  apply (CV_mult (fun _ => _)); [apply cv_const|]. unfold Rdiv.
  apply (CV_mult (fun t => sqrt ((1 - beta2 ^ t) * (1 - r ^ t))) (fun t => / (1 - beta1 ^ t))).
  - apply (continuity_seq sqrt (fun t => (1 - beta2 ^ t) * (1 - r ^ t)));
      [apply continuity_pt_sqrt; lra|].
    apply (CV_mult (fun t => 1 - beta2 ^ t)); apply cv_one_minus_pow; lra.
  - apply (continuity_seq Rinv); [|apply cv_one_minus_pow, H1].
    apply (continuity_pt_inv id); [apply derivable_continuous_pt, derivable_pt_id | unfold id; lra].
Qed.

(** ** Which gradients make the largest step? *)

Lemma Delta_odd alpha beta1 beta2 eps theta0 g t :
  (1 <= t)%nat ->
  Delta alpha beta1 beta2 eps theta0 (fun i => - g i) t
  = - Delta alpha beta1 beta2 eps theta0 g t.
Proof.
  intros Ht. rewrite !Delta_ratio, !m_hat_sum, !v_hat_sum by assumption.
  rewrite (sum_ext (fun i => _ * - g i) (fun i => -1 * (weight beta1 t (t - i) * g i)))
    by (intros; ring).
  rewrite (sum_ext (fun i => _ * (- g i) ^ 2) (fun i => weight beta2 t (t - i) * g i ^ 2))
    by (intros; ring).
  rewrite sum_scale. unfold ratio, Rdiv. ring.
Qed.

(** C04. New: the bound is attained by no others. In round t the step is alpha rho_t in size if and
    only if the gradients so far are a multiple, not 0, of g_i = (beta1/beta2)^(t-i). *)
Theorem adam_step_bound_attained_only_by_ramps :
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 0 theta0 g t) = alpha * rho beta1 beta2 t
    <-> exists c, c <> 0 /\
          forall i, (1 <= i <= t)%nat -> g i = c * (beta1 / beta2) ^ (t - i).
Proof.
  intros * Ha H1 H2 Ht. assert (Hrho := rho_pos beta1 beta2 t H1 H2 Ht). split.
  - intros E. set (mh := m_hat alpha beta1 beta2 0 theta0 g t).
    set (vh := v_hat alpha beta1 beta2 0 theta0 g t). set (p := rho beta1 beta2 t) in *.
    assert (Hu : forall k, 0 < weight beta2 t k) by (intros; apply weight_pos; assumption).
    assert (Hv : 0 <= vh).
    { unfold vh. rewrite v_hat_sum. apply sum_nonneg; intros i _.
      apply Rmult_le_pos; [left; apply Hu | apply pow2_ge_0]. }
    rewrite Delta_ratio, Rabs_Ropp, Rabs_mult, Rplus_0_r, (Rabs_right alpha) in E
      by (assumption || lra).
    fold mh vh in E. apply Rmult_eq_reg_l in E; [|lra].
    assert (Hs : 0 < sqrt vh).
    { destruct (sqrt_pos vh) as [|Hz]; [assumption|]. exfalso.
      unfold ratio in E. unfold mh in E.
      rewrite (m_hat_zero _ _ _ _ _ _ H2 t Ht (eq_sym Hz)) in E.
      unfold Rdiv in E. rewrite Rmult_0_l, Rabs_R0 in E. lra. }
    assert (Hmv : mh ^ 2 = p ^ 2 * vh).
    { rewrite <- (pow2_abs mh), <- (pow2_sqrt vh Hv), <- Rpow_mult_distr. f_equal.
      rewrite <- E. unfold ratio, Rdiv.
      rewrite Rabs_mult, (Rabs_right (/ _)) by (left; apply Rinv_0_lt_compat, Hs). field. lra. }
    assert (Hmne : mh <> 0).
    { intros Hz. rewrite Hz in Hmv. assert (0 < p ^ 2 * vh); [|lra].
      apply Rmult_lt_0_compat; [apply pow_lt, Hrho | apply sqrt_lt_0_alt; rewrite sqrt_0; lra]. }
    (* sum_k u_k (g_(t-k) - l w_k / u_k)^2 = v_hat - m_hat^2 / rho^2 = 0 with l = m_hat / rho^2 *)
    set (l := mh / p ^ 2).
    set (w k := weight beta1 t k). set (u k := weight beta2 t k).
    assert (Hp2 : p ^ 2 = \sum_(i <= t) w (t - i)%nat ^ 2 / u (t - i)%nat).
    { unfold p, rho. rewrite pow2_sqrt; [reflexivity|]. apply sum_nonneg; intros i _. unfold Rdiv.
      apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat, Hu]. }
    assert (Hsum : \sum_(i <= t) u (t - i)%nat * (g i - l * (w (t - i)%nat / u (t - i)%nat)) ^ 2
                   = 0).
    { rewrite (sum_ext _ (fun i => u (t - i)%nat * g i ^ 2 - 2 * l * (w (t - i)%nat * g i)
        + l ^ 2 * (w (t - i)%nat ^ 2 / u (t - i)%nat))).
      - rewrite sum_plus, sum_minus, !sum_scale, <- Hp2. unfold w, u.
        rewrite <- (m_hat_sum alpha beta1 beta2 0 theta0).
        rewrite <- (v_hat_sum alpha beta1 beta2 0 theta0).
        fold mh vh. replace vh with (mh ^ 2 / p ^ 2) by (rewrite Hmv; field; lra).
        unfold l. field. lra.
      - intros i _. assert (H := Hu (t - i)%nat). fold (u (t - i)%nat) in H. field. lra. }
    assert (Hw0 : 0 < w 0%nat).
    { unfold w, weight. simpl. assert (H := one_minus_pow_pos beta1 t H1 Ht).
      apply Rdiv_lt_0_compat; lra. }
    exists (l * (w 0%nat / u 0%nat)). split.
    + assert (0 < p ^ 2) by (apply pow_lt, Hrho).
      apply Rmult_integral_contrapositive_currified.
      * apply Rmult_integral_contrapositive_currified; [assumption|]. apply Rinv_neq_0_compat. lra.
      * apply Rgt_not_eq, Rdiv_lt_0_compat; [exact Hw0 | apply Hu].
    + intros i Hi.
      assert (Hi0 := sum_term_le
        (fun i => u (t - i)%nat * (g i - l * (w (t - i)%nat / u (t - i)%nat)) ^ 2) t i).
      cbv beta in Hi0. rewrite Hsum in Hi0.
      specialize (Hi0 ltac:(intros; apply Rmult_le_pos; [left; apply Hu | apply pow2_ge_0]) Hi).
      rewrite Rmult_assoc. unfold w, u. rewrite <- weight_ratio by assumption.
      fold (w (t - i)%nat) (u (t - i)%nat).
      assert (Hui : 0 < u (t - i)%nat) by apply Hu.
      revert Hi0. generalize (l * (w (t - i)%nat / u (t - i)%nat)). intros x Hi0.
      assert (Hsq : 0 <= (g i - x) ^ 2) by apply pow2_ge_0.
      clear - Hi0 Hui Hsq. assert ((g i - x) ^ 2 = 0) by nra. nra.
  - intros (c & Hc & Hg). destruct (Rlt_le_dec 0 c) as [Hpos|Hneg].
    + rewrite (proportional_gradients_step _ _ _ _ _ t c) by assumption.
      rewrite Rabs_Ropp, Rabs_right; [reflexivity|]. apply Rle_ge, Rmult_le_pos; lra.
    + rewrite <- Rabs_Ropp, <- Delta_odd by assumption.
      rewrite (proportional_gradients_step _ _ _ _ _ t (- c)); try assumption; try lra.
      * rewrite Rabs_Ropp, Rabs_right; [reflexivity|]. apply Rle_ge, Rmult_le_pos; lra.
      * intros i Hi. rewrite Hg by assumption. ring.
Qed.

(** C04. New: one ramp of gradients, g_i = (beta2/beta1)^i, makes the largest step in every round,
    always in the same direction (0 < beta1). *)
Theorem ramp_steps_farthest_in_every_round :
  forall alpha beta1 beta2 theta0 t,
    0 < alpha -> 0 < beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    Delta alpha beta1 beta2 0 theta0 (fun i => (beta2 / beta1) ^ i) t
    = - (alpha * rho beta1 beta2 t).
Proof.
  intros * Ha H1 H2 Ht.
  apply (proportional_gradients_step _ _ _ _ _ t ((beta2 / beta1) ^ t)); try assumption; try lra.
  - apply pow_lt. unfold Rdiv. apply Rmult_lt_0_compat; [lra | apply Rinv_0_lt_compat; lra].
  - intros i Hi. replace t with (i + (t - i))%nat at 1 by lia.
    rewrite pow_add, Rmult_assoc, <- Rpow_mult_distr.
    replace (beta2 / beta1 * (beta1 / beta2)) with 1 by (field; lra). rewrite pow1. ring.
Qed.

(** C04. New: eps > 0 makes all steps shorter than that. *)
Theorem adam_step_bound_with_eps :
  forall alpha beta1 beta2 eps theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < eps -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 eps theta0 g t) < alpha * rho beta1 beta2 t.
Proof.
  intros * Ha H1 H2 He Ht. rewrite Delta_ratio, Rabs_Ropp, Rabs_mult by assumption.
  rewrite (Rabs_right alpha) by lra. apply Rmult_lt_compat_l; [assumption|].
  assert (H := m_hat_le alpha beta1 beta2 eps theta0 g H2 t Ht).
  assert (Hs := sqrt_pos (v_hat alpha beta1 beta2 eps theta0 g t)).
  assert (Hr := Rmult_lt_0_compat _ _ (rho_pos beta1 beta2 t H1 H2 Ht) He).
  unfold ratio, Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (left; apply Rinv_0_lt_compat; lra).
  apply Rmult_lt_reg_r with (sqrt (v_hat alpha beta1 beta2 eps theta0 g t) + eps); [lra|].
  rewrite Rmult_assoc, Rinv_l, Rmult_plus_distr_l by lra. lra.
Qed.

(** ** The printed bounds refuted *)

(** A step is longer than alpha b if m_hat^2 > b^2 v_hat > 0. *)
Lemma step_longer alpha beta1 beta2 theta0 g t b :
  0 < alpha -> 0 <= b -> (1 <= t)%nat ->
  0 < v_hat alpha beta1 beta2 0 theta0 g t ->
  b ^ 2 * v_hat alpha beta1 beta2 0 theta0 g t < m_hat alpha beta1 beta2 0 theta0 g t ^ 2 ->
  alpha * b < Rabs (Delta alpha beta1 beta2 0 theta0 g t).
Proof.
  intros Ha Hb Ht Hv H. rewrite Delta_ratio, Rabs_Ropp, Rabs_mult, Rplus_0_r by assumption.
  rewrite (Rabs_right alpha) by lra. apply Rmult_lt_compat_l; [assumption|].
  revert Hv H. generalize (v_hat alpha beta1 beta2 0 theta0 g t).
  generalize (m_hat alpha beta1 beta2 0 theta0 g t). intros m v Hv H.
  assert (Hs := sqrt_lt_R0 v Hv). assert (Hq := sqrt_sqrt v ltac:(lra)).
  unfold ratio, Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (left; apply Rinv_0_lt_compat, Hs).
  apply Rmult_lt_reg_r with (1 := Hs). rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  assert (Hm := Rabs_pos m). assert (Hm2 := pow2_abs m). clear - Hb Hs Hq H Hm Hm2. nra.
Qed.

(** The first two gradients, then zeros. *)
Definition two (a b : R) (i : nat) : R := match i with 1%nat => a | 2%nat => b | _ => 0 end.

Lemma m_hat_two alpha beta1 beta2 eps theta0 a b :
  m_hat alpha beta1 beta2 eps theta0 (two a b) 2
  = (1 - beta1) * (beta1 * a + b) / (1 - beta1 ^ 2).
Proof. rewrite m_hat_sum. unfold weight, Rdiv. simpl. ring. Qed.

Lemma v_hat_two alpha beta1 beta2 eps theta0 a b :
  v_hat alpha beta1 beta2 eps theta0 (two a b) 2
  = (1 - beta2) * (beta2 * a ^ 2 + b ^ 2) / (1 - beta2 ^ 2).
Proof. rewrite v_hat_sum. unfold weight, Rdiv. simpl. ring. Qed.

(** The paper's first bound: "in the case (1 - beta1) > sqrt(1 - beta2)",
    |Delta_t| <= alpha (1 - beta1)/sqrt(1 - beta2), with eps = 0. (That beta2 > 0 is asked for in
    these three sentences only makes them easier to satisfy, and their refutation stronger.) *)
Definition first_bound_of_the_paper : Prop :=
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 1 - beta1 > sqrt (1 - beta2) ->
    (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 0 theta0 g t) <= alpha * ((1 - beta1) / sqrt (1 - beta2)).

(** C01. The paper's first bound, |Delta_t| <= alpha (1 - beta1)/sqrt(1 - beta2) where
    1 - beta1 > sqrt(1 - beta2), is refuted: t = 2, beta1 = 1/2, beta2 = 151/200, g = (100, 151). *)
Theorem first_bound_refuted : ~ first_bound_of_the_paper.
Proof.
  intros H.
  assert (Hs : 0 < sqrt (1 - 151 / 200)) by (apply sqrt_lt_R0; lra).
  assert (Hq := sqrt_sqrt (1 - 151 / 200) ltac:(lra)).
  specialize (H 1 (1 / 2) (151 / 200) 0 (two 100 151) 2%nat).
  assert (L : 1 * ((1 - 1 / 2) / sqrt (1 - 151 / 200))
              < Rabs (Delta 1 (1 / 2) (151 / 200) 0 0 (two 100 151) 2)).
  { apply step_longer; try lra; try lia; rewrite ?m_hat_two, ?v_hat_two.
    - left. apply Rdiv_lt_0_compat; lra.
    - lra.
    - rewrite pow_div. replace (sqrt (1 - 151 / 200) ^ 2) with (1 - 151 / 200) by lra. lra. }
  apply (Rlt_not_le _ _ L), H; try lra; try lia.
  clear - Hs Hq. nra.
Qed.

(** The paper's second bound: otherwise |Delta_t| <= alpha. *)
Definition second_bound_of_the_paper : Prop :=
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 1 - beta1 <= sqrt (1 - beta2) ->
    (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 0 theta0 g t) <= alpha.

(** C02. The paper's second bound, |Delta_t| <= alpha where 1 - beta1 <= sqrt(1 - beta2), is
    refuted: t = 2, beta1 = 1/2, beta2 = 1/4, g = (2, 1). *)
Theorem second_bound_refuted : ~ second_bound_of_the_paper.
Proof.
  intros H. specialize (H 1 (1 / 2) (1 / 4) 0 (two 2 1) 2%nat).
  assert (L : 1 * 1 < Rabs (Delta 1 (1 / 2) (1 / 4) 0 0 (two 2 1) 2)).
  { apply step_longer; try lra; try lia; rewrite ?m_hat_two, ?v_hat_two; lra. }
  rewrite Rmult_1_l in L. apply (Rlt_not_le _ _ L), H; try lra; try lia.
  assert (Hs := sqrt_pos (1 - 1 / 4)). assert (Hq := sqrt_sqrt (1 - 1 / 4) ltac:(lra)).
  clear - Hs Hq. nra.
Qed.

(** The paper: when (1 - beta1) = sqrt(1 - beta2), |m_hat_t / sqrt(v_hat_t)| < 1. *)
Definition ratio_below_one_of_the_paper : Prop :=
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 1 - beta1 = sqrt (1 - beta2) ->
    (1 <= t)%nat ->
    Rabs (ratio (m_hat alpha beta1 beta2 0 theta0 g t)
                (sqrt (v_hat alpha beta1 beta2 0 theta0 g t))) < 1.

Lemma first_ratio alpha beta1 beta2 theta0 g :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> g 1%nat <> 0 ->
  Rabs (ratio (m_hat alpha beta1 beta2 0 theta0 g 1)
              (sqrt (v_hat alpha beta1 beta2 0 theta0 g 1))) = 1.
Proof.
  intros H1 H2 Hg. rewrite m_hat_sum, v_hat_sum. unfold weight, ratio. simpl.
  replace (0 + (1 - beta1) * 1 / (1 - beta1 * 1) * g 1%nat) with (g 1%nat) by (field; lra).
  replace (0 + (1 - beta2) * 1 / (1 - beta2 * 1) * (g 1%nat * (g 1%nat * 1)))
    with (Rsqr (g 1%nat)) by (unfold Rsqr; field; lra).
  assert (Hp := Rabs_pos_lt _ Hg).
  rewrite sqrt_Rsqr_abs. unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)).
  - field. lra.
  - left. apply Rinv_0_lt_compat, Hp.
Qed.

(** C03. The paper's "|m_hat_t / sqrt(v_hat_t)| < 1 when 1 - beta1 = sqrt(1 - beta2)" is refuted:
    t = 1, beta1 = 9/10, beta2 = 99/100, g_1 = 1, where the ratio is 1. *)
Theorem ratio_below_one_refuted : ~ ratio_below_one_of_the_paper.
Proof.
  intros H. specialize (H 1 (9 / 10) (99 / 100) 0 (fun _ => 1) 1%nat).
  rewrite first_ratio in H by lra.
  apply (Rlt_irrefl 1), H; try lra; try lia.
  replace (1 - 99 / 100) with ((1 - 9 / 10) ^ 2) by lra. rewrite sqrt_pow2; lra.
Qed.

(** C03. It is no exception: whatever the betas and the first gradient, if it is not 0, the first
    ratio is 1 in size and the first step is alpha. *)
Theorem first_step_is_alpha :
  forall alpha beta1 beta2 theta0 g,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> g 1%nat <> 0 ->
    Rabs (ratio (m_hat alpha beta1 beta2 0 theta0 g 1)
                (sqrt (v_hat alpha beta1 beta2 0 theta0 g 1))) = 1 /\
    Rabs (Delta alpha beta1 beta2 0 theta0 g 1) = alpha.
Proof.
  intros * Ha H1 H2 Hg. assert (E := first_ratio alpha beta1 beta2 theta0 g H1 H2 Hg).
  split; [exact E|].
  rewrite Delta_ratio, Rabs_Ropp, Rabs_mult, Rplus_0_r, E, (Rabs_right alpha) by (lia || lra). ring.
Qed.

(** C03. Even "at most 1" is false: at beta1 = 9/10, beta2 = 99/100, where
    1 - beta1 = sqrt(1 - beta2), the gradients (10/11, 1) step over alpha at t = 2. *)
Theorem ratio_below_one_refuted_beyond_equality :
  1 - 9 / 10 = sqrt (1 - 99 / 100) /\
  forall alpha theta0, 0 < alpha ->
    alpha < Rabs (Delta alpha (9 / 10) (99 / 100) 0 theta0 (two (10 / 11) 1) 2).
Proof.
  split.
  - replace (1 - 99 / 100) with ((1 - 9 / 10) ^ 2) by lra. rewrite sqrt_pow2; lra.
  - intros alpha theta0 Ha. rewrite <- (Rmult_1_r alpha) at 1.
    apply step_longer; try lra; try lia; rewrite ?m_hat_two, ?v_hat_two; lra.
Qed.

(** ** The step is bounded by alpha if and only if beta1 = beta2 *)

(** C04. New: rho_t^2 = 1 + sum_k (w_k - u_k)^2 / u_k: 1 plus the chi-square divergence of the two
    weightings. *)
Theorem rho_squared_is_one_plus_divergence :
  forall beta1 beta2 t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    rho beta1 beta2 t ^ 2
    = 1 + \sum_(i <= t)
            (weight beta1 t (t - i) - weight beta2 t (t - i)) ^ 2 / weight beta2 t (t - i).
Proof.
  intros * H1 H2 Ht. unfold rho.
  assert (Hu : forall k, 0 < weight beta2 t k) by (intros; apply weight_pos; assumption).
  rewrite pow2_sqrt.
  - rewrite (sum_ext (fun i => (_ - _) ^ 2 / _)
      (fun i => weight beta1 t (t - i) ^ 2 / weight beta2 t (t - i)
                - 2 * weight beta1 t (t - i) + weight beta2 t (t - i))).
    + rewrite sum_plus, sum_minus, sum_scale, !weights_sum_to_1 by (lra || assumption). ring.
    + intros i _. specialize (Hu (t - i)%nat). field. lra.
  - apply sum_nonneg; intros i _. unfold Rdiv.
    apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat, Hu].
Qed.

Lemma rho_equal_betas beta t : 0 < beta < 1 -> (1 <= t)%nat -> rho beta beta t = 1.
Proof.
  intros H Ht. assert (E := rho_squared_is_one_plus_divergence beta beta t ltac:(lra) H Ht).
  rewrite (sum_ext _ (fun _ => 0)), sum_zero in E by (intros; unfold Rdiv; ring).
  assert (Hr := rho_nonneg beta beta t). nra.
Qed.

(** The two newest gradients of t >= 2 have different weights if the betas differ. *)
Lemma rho_different_betas beta1 beta2 t :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (2 <= t)%nat -> beta1 <> beta2 -> 1 < rho beta1 beta2 t.
Proof.
  intros H1 H2 Ht Hn.
  assert (E := rho_squared_is_one_plus_divergence beta1 beta2 t H1 H2 ltac:(lia)).
  set (f := fun i => (weight beta1 t (t - i) - weight beta2 t (t - i)) ^ 2
                     / weight beta2 t (t - i)) in E.
  assert (Hu : forall k, 0 < weight beta2 t k) by (intros; apply weight_pos; [assumption|lia]).
  assert (Hf : forall i, (1 <= i <= t)%nat -> 0 <= f i).
  { intros i _. unfold f, Rdiv.
    apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat, Hu]. }
  assert (Hz : forall k, (k < t)%nat -> sum f t <= 0 -> weight beta1 t k = weight beta2 t k).
  { intros k Hk H0. assert (Hk1 := sum_term_le f t (t - k) Hf ltac:(lia)).
    unfold f in Hk1. replace (t - (t - k))%nat with k in Hk1 by lia. fold f in Hk1.
    assert (Hi := Rinv_0_lt_compat _ (Hu k)).
    assert (Hs := pow2_ge_0 (weight beta1 t k - weight beta2 t k)).
    unfold Rdiv in Hk1. clear - H0 Hk1 Hi Hs.
    set (d := weight beta1 t k - weight beta2 t k) in *.
    assert (d ^ 2 = 0) by nra. unfold d in *. nra. }
  assert (Hr := rho_nonneg beta1 beta2 t).
  assert (Hpos : 0 < sum f t).
  { destruct (Rlt_le_dec 0 (sum f t)) as [|H0]; [assumption|]. exfalso. apply Hn.
    assert (Z0 := Hz 0%nat ltac:(lia) H0). assert (Z1 := Hz 1%nat ltac:(lia) H0).
    assert (Hu0 := Hu 0%nat).
    assert (A1 : weight beta1 t 1 = beta1 * weight beta1 t 0) by (unfold weight, Rdiv; ring).
    assert (A2 : weight beta2 t 1 = beta2 * weight beta2 t 0) by (unfold weight, Rdiv; ring).
    rewrite A1, A2, Z0 in Z1. apply Rmult_eq_reg_r with (1 := Z1). lra. }
  nra.
Qed.

(** C02, N01. Corrected: in every round t >= 2, |Delta_t| <= alpha holds for all gradients if and
    only if beta1 = beta2. (Such betas are in the case of the second bound.) *)
Theorem step_at_most_alpha_iff_equal_betas :
  forall alpha beta1 beta2 t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (2 <= t)%nat ->
    (forall theta0 g, Rabs (Delta alpha beta1 beta2 0 theta0 g t) <= alpha) <-> beta1 = beta2.
Proof.
  intros * Ha H1 H2 Ht. split.
  - intros H. destruct (Req_dec beta1 beta2) as [|Hn]; [assumption|]. exfalso.
    specialize (H 0 (fun i => (beta1 / beta2) ^ (t - i))).
    rewrite adam_step_bound_attained in H by (assumption || lia).
    assert (Hr := rho_different_betas beta1 beta2 t H1 H2 Ht Hn). nra.
  - intros -> theta0 g. assert (Ht1 : (1 <= t)%nat) by lia.
    assert (H := adam_step_bound alpha beta2 beta2 theta0 g t Ha H1 H2 Ht1).
    rewrite rho_equal_betas in H by assumption. lra.
Qed.

(** C02, N01. The same for all t together: no step is ever longer than alpha, for all gradients, if
    and only if beta1 = beta2. *)
Theorem all_steps_at_most_alpha_iff_equal_betas :
  forall alpha beta1 beta2,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
    (forall theta0 g t, (1 <= t)%nat -> Rabs (Delta alpha beta1 beta2 0 theta0 g t) <= alpha)
    <-> beta1 = beta2.
Proof.
  intros * Ha H1 H2. split.
  - intros H. apply (step_at_most_alpha_iff_equal_betas alpha beta1 beta2 2 Ha H1 H2 (le_n 2)).
    intros. apply H. lia.
  - intros -> theta0 g t Ht.
    assert (H := adam_step_bound alpha beta2 beta2 theta0 g t Ha H1 H2 Ht).
    rewrite rho_equal_betas in H by assumption. lra.
Qed.

(** ** When the printed bounds hold *)

(** In the first case beta1^2 < beta2. *)
Lemma first_case_r beta1 beta2 :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> 1 - beta1 > sqrt (1 - beta2) -> beta1 ^ 2 / beta2 < 1.
Proof.
  intros H1 H2 H. assert (Hs := sqrt_pos (1 - beta2)).
  assert (Hq := sqrt_sqrt (1 - beta2) ltac:(lra)).
  assert (1 - beta2 < (1 - beta1) ^ 2) by (clear - H Hs Hq; nra).
  apply Rmult_lt_reg_r with beta2; [lra|]. unfold Rdiv.
  rewrite Rmult_assoc, Rinv_l, Rmult_1_l, Rmult_1_r by lra. clear Hs Hq H. nra.
Qed.

Lemma step_without_momentum alpha beta2 theta0 g t :
  0 < alpha -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  Rabs (Delta alpha 0 beta2 0 theta0 g t) < alpha * (1 / sqrt (1 - beta2)).
Proof.
  intros Ha H2 Ht.
  apply Rle_lt_trans with (1 := adam_step_bound alpha 0 beta2 theta0 g t Ha ltac:(lra) H2 Ht).
  apply Rmult_lt_compat_l; [assumption|].
  assert (H0 : 0 ^ 2 / beta2 = 0) by (unfold Rdiv; simpl; ring).
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hb := one_minus_pow_pos beta2 t ltac:(lra) Ht).
  assert (E := rho_by_its_limit 0 beta2 t ltac:(lra) H2 Ht). cbv zeta in E.
  rewrite H0, !pow_i in E by lia. rewrite E by lra.
  rewrite !Rminus_0_r, !Rmult_1_r.
  replace (1 / sqrt (1 - beta2)) with (1 / sqrt (1 - beta2) * 1) at 2 by ring.
  apply Rmult_lt_compat_l; [apply Rdiv_lt_0_compat; lra|].
  assert (0 < beta2 ^ t) by (apply pow_lt; lra).
  replace (sqrt (1 - beta2 ^ t) / 1) with (sqrt (1 - beta2 ^ t)) by field.
  apply Rlt_le_trans with (sqrt 1); [apply sqrt_lt_1_alt | rewrite sqrt_1]; lra.
Qed.

(** For beta1 > 0 the limit of rho_t is more than the printed bound. *)
Lemma first_bound_exceeded alpha beta1 beta2 theta0 :
  0 < alpha -> 0 < beta1 < 1 -> 0 < beta2 < 1 -> 1 - beta1 > sqrt (1 - beta2) ->
  exists t, (1 <= t)%nat /\
    Rabs (Delta alpha beta1 beta2 0 theta0 (fun i => (beta1 / beta2) ^ (t - i)) t)
    > alpha * ((1 - beta1) / sqrt (1 - beta2)).
Proof.
  intros Ha H1 H2 Hc. set (b := (1 - beta1) / sqrt (1 - beta2)).
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hr := first_case_r beta1 beta2 ltac:(lra) H2 Hc).
  assert (Hr0 : 0 < beta1 ^ 2 / beta2) by (apply Rdiv_lt_0_compat; [apply pow_lt|]; lra).
  assert (Hcv := rho_limit beta1 beta2 ltac:(lra) H2 Hr). cbv zeta in Hcv.
  set (r := beta1 ^ 2 / beta2) in *. set (l := (1 - beta1) / sqrt ((1 - beta2) * (1 - r))) in *.
  assert (Hbl : b < l).
  { unfold b, l, Rdiv. apply Rmult_lt_compat_l; [lra|]. apply Rinv_lt_contravar.
    - apply Rmult_lt_0_compat; [apply sqrt_lt_R0, Rmult_lt_0_compat; lra | assumption].
    - apply sqrt_lt_1_alt. split; [apply Rmult_le_pos; lra|]. clear - Hr Hr0 H2. nra. }
  destruct (Hcv (l - b) ltac:(lra)) as [N HN]. specialize (HN (S N) ltac:(lia)).
  unfold R_dist in HN. apply Rabs_def2 in HN.
  exists (S N). split; [lia|]. rewrite adam_step_bound_attained by (lra || lia).
  apply Rmult_lt_compat_l; lra.
Qed.

(** C01, N02. Corrected: in its case the first bound holds for all t and all gradients if and only
    if beta1 = 0, and then it is strict. So for every beta1 > 0 it fails at some t. *)
Theorem first_bound_iff_no_momentum :
  forall alpha beta1 beta2,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 1 - beta1 > sqrt (1 - beta2) ->
    let bound := alpha * ((1 - beta1) / sqrt (1 - beta2)) in
    ((forall theta0 g t, (1 <= t)%nat -> Rabs (Delta alpha beta1 beta2 0 theta0 g t) <= bound)
     <-> beta1 = 0) /\
    (beta1 = 0 ->
     forall theta0 g t, (1 <= t)%nat -> Rabs (Delta alpha beta1 beta2 0 theta0 g t) < bound).
Proof.
  intros * Ha H1 H2 Hc bound.
  assert (Hstrict : beta1 = 0 ->
    forall theta0 g t, (1 <= t)%nat -> Rabs (Delta alpha beta1 beta2 0 theta0 g t) < bound).
  { intros E theta0 g t Ht. unfold bound. rewrite E, Rminus_0_r.
    apply step_without_momentum; assumption. }
  split; [split|exact Hstrict].
  - intros H. destruct (Req_dec beta1 0) as [|Hn]; [assumption|]. exfalso.
    destruct (first_bound_exceeded alpha beta1 beta2 0 Ha ltac:(lra) H2 Hc) as (t & Ht & HD).
    specialize (H 0 (fun i => (beta1 / beta2) ^ (t - i)) t Ht). unfold bound in H. lra.
  - intros E theta0 g t Ht. left. apply Hstrict; assumption.
Qed.

(** ** Which betas bound the steps at all? *)

(** If beta1^2 >= beta2, rho_t has no bound. *)
Lemma rho_unbounded beta1 beta2 t :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat -> beta2 <= beta1 ^ 2 ->
  (1 - beta1) * sqrt (INR t) <= rho beta1 beta2 t.
Proof.
  intros H1 H2 Ht H. rewrite rho_as_a_geometric_sum by assumption. cbv zeta.
  assert (Ha := one_minus_pow_pos beta1 t H1 Ht).
  assert (Hb := one_minus_pow_pos beta2 t ltac:(lra) Ht).
  assert (0 <= beta1 ^ t) by (apply pow_le; lra).
  assert (Hr : 1 <= beta1 ^ 2 / beta2).
  { apply Rmult_le_reg_r with beta2; [lra|]. unfold Rdiv.
    rewrite Rmult_assoc, Rinv_l, Rmult_1_l, Rmult_1_r by lra. assumption. }
  apply Rmult_le_compat; [lra | apply sqrt_pos | |].
  - apply Rmult_le_reg_r with (1 := Ha). unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
  - apply sqrt_le_1_alt. rewrite <- (Rmult_1_l (INR t)).
    apply Rmult_le_compat; [lra | apply pos_INR | |].
    + apply Rmult_le_reg_r with (1 - beta2); [lra|].
      unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
      destruct t as [|t]; [lia|]. simpl. assert (beta2 ^ t <= 1) by (apply pow_le_1; lra). nra.
    + rewrite <- (Rmult_1_r (INR t)), <- sum_const. apply sum_le; intros. apply pow_R1_Rle, Hr.
Qed.

Lemma pow_lt_mono x y t : 0 <= x < y -> (1 <= t)%nat -> x ^ t < y ^ t.
Proof.
  intros H. induction 1 as [|t Ht IH]; [simpl; lra|]. simpl.
  assert (0 <= x ^ t) by (apply pow_le; lra). apply Rmult_le_0_lt_compat; lra.
Qed.

(** beta2^t r^t = beta1^(2t), and twice the geometric mean is at most the sum; they are equal only
    if beta2^t = r^t. *)
Lemma rho_below_its_limit beta1 beta2 t :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  let r := beta1 ^ 2 / beta2 in let l := (1 - beta1) / sqrt ((1 - beta2) * (1 - r)) in
  r < 1 -> rho beta1 beta2 t <= l /\ (beta1 <> beta2 -> rho beta1 beta2 t < l).
Proof.
  intros H1 H2 Ht r l Hr.
  assert (E := rho_by_its_limit beta1 beta2 t H1 H2 Ht Hr). cbv zeta in E. fold r l in E.
  assert (Hr0 : 0 <= r).
  { unfold r, Rdiv. apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra]. }
  assert (Hl : 0 < l) by (apply Rdiv_lt_0_compat; [|apply sqrt_lt_R0, Rmult_lt_0_compat]; lra).
  assert (Hx := one_minus_pow_pos beta1 t H1 Ht).
  assert (Hy := one_minus_pow_pos beta2 t ltac:(lra) Ht).
  assert (Hz := one_minus_pow_pos r t ltac:(lra) Ht).
  assert (Hab : beta2 ^ t * r ^ t = beta1 ^ t * beta1 ^ t).
  { rewrite <- !Rpow_mult_distr. f_equal. unfold r. field. lra. }
  assert (Hb : 0 <= beta2 ^ t) by (apply pow_le; lra).
  assert (Hrt : 0 <= r ^ t) by (apply pow_le; lra).
  assert (Hb1 : 0 <= beta1 ^ t) by (apply pow_le; lra).
  set (y := beta2 ^ t) in *. set (z := r ^ t) in *. set (x := beta1 ^ t) in *.
  assert (Hd : 0 <= (y - z) ^ 2) by apply pow2_ge_0.
  rewrite E. rewrite <- (Rmult_1_r l) at 2 4. split.
  - apply Rmult_le_compat_l; [lra|]. apply Rmult_le_reg_r with (1 := Hx).
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
    rewrite <- (sqrt_pow2 (1 - x)) by lra. apply sqrt_le_1_alt.
    assert (2 * x <= y + z) by (apply Rsqr_incr_0_var; [unfold Rsqr|]; lra). lra.
  - intros Hn. apply Rmult_lt_compat_l; [lra|]. apply Rmult_lt_reg_r with (1 := Hx).
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
    rewrite <- (sqrt_pow2 (1 - x)) by lra. apply sqrt_lt_1_alt.
    split; [apply Rmult_le_pos; lra|].
    assert (Hrb : r * beta2 = beta1 * beta1) by (unfold r; field; lra).
    assert (Hyz : y <> z).
    { destruct (Rtotal_order beta1 beta2) as [H|[H|H]]; [|contradiction|].
      - apply Rgt_not_eq, pow_lt_mono; [|assumption].
        split; [assumption|]. clear - Hrb H H1 H2. nra.
      - apply Rlt_not_eq, pow_lt_mono; [|assumption]. split; [lra|]. clear - Hrb H H1 H2. nra. }
    assert (0 < (y - z) ^ 2) by (rewrite <- Rsqr_pow2; apply Rlt_0_sqr; lra).
    assert (2 * x < y + z) by (apply Rsqr_incrst_0; [unfold Rsqr| |]; lra). lra.
Qed.

(** C02, N03. Any bound at all? Some multiple of alpha bounds the steps of all rounds, for all
    gradients, if and only if beta1^2 < beta2. *)
Theorem steps_bounded_iff :
  forall alpha beta1 beta2,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
    (exists K, forall theta0 g t, (1 <= t)%nat ->
       Rabs (Delta alpha beta1 beta2 0 theta0 g t) <= K * alpha)
    <-> beta1 ^ 2 < beta2.
Proof.
  intros * Ha H1 H2. split.
  - intros [K HK]. destruct (Rlt_le_dec (beta1 ^ 2) beta2) as [|H]; [assumption|]. exfalso.
    destruct (archimed ((K / (1 - beta1)) ^ 2)) as [Hup _].
    set (n := Z.to_nat (up ((K / (1 - beta1)) ^ 2))).
    assert (Hn : (K / (1 - beta1)) ^ 2 < INR n).
    { apply Rlt_le_trans with (1 := Hup). rewrite INR_IZR_INZ. apply IZR_le. unfold n. lia. }
    clearbody n. clear Hup.
    assert (Ht : (1 <= S n)%nat) by lia.
    specialize (HK 0 (fun i => (beta1 / beta2) ^ (S n - i)) (S n) Ht).
    rewrite adam_step_bound_attained in HK by assumption.
    assert (HR := rho_unbounded beta1 beta2 (S n) H1 H2 Ht H).
    rewrite Rmult_comm in HK. apply Rmult_le_reg_r in HK; [|assumption].
    assert (Hs : sqrt (INR (S n)) <= K / (1 - beta1)).
    { apply Rmult_le_reg_l with (1 - beta1); [lra|].
      replace ((1 - beta1) * (K / (1 - beta1))) with K by (field; lra). lra. }
    assert (Hq := sqrt_sqrt (INR (S n)) (pos_INR _)). assert (Hp := sqrt_pos (INR (S n))).
    rewrite S_INR in *. clear - Hn Hs Hq Hp. nra.
  - intros H. exists ((1 - beta1) / sqrt ((1 - beta2) * (1 - beta1 ^ 2 / beta2))). intros.
    apply Rle_trans with (alpha * rho beta1 beta2 t); [apply adam_step_bound; assumption|].
    rewrite Rmult_comm. apply Rmult_le_compat_r; [lra|]. apply rho_below_its_limit; try assumption.
    apply Rmult_lt_reg_r with beta2; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

(** C04, N03. If r = beta1^2 / beta2 < 1, the limit of rho_t bounds every step: it is the radius
    of the trust region of section 2.1, in units of alpha. *)
Theorem adam_step_uniform_bound :
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
    let r := beta1 ^ 2 / beta2 in
    r < 1 ->
    Rabs (Delta alpha beta1 beta2 0 theta0 g t)
    <= alpha * ((1 - beta1) / sqrt ((1 - beta2) * (1 - r))).
Proof.
  intros * Ha H1 H2 Ht r Hr.
  apply Rle_trans with (1 := adam_step_bound alpha beta1 beta2 theta0 g t Ha H1 H2 Ht).
  apply Rmult_le_compat_l; [lra | apply rho_below_its_limit; assumption].
Qed.

(** N03, N06. If r = beta1^2 / beta2 < 1, the limit of alpha rho_t is the supremum of the steps of
    all rounds and all gradients: no smaller number bounds them all. (It is the paper's first bound,
    alpha (1 - beta1)/sqrt(1 - beta2), times 1/sqrt(1 - r).) *)
Theorem adam_step_supremum :
  forall alpha beta1 beta2 theta0,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
    let r := beta1 ^ 2 / beta2 in
    r < 1 ->
    is_lub
      (fun x => exists g t, (1 <= t)%nat /\ x = Rabs (Delta alpha beta1 beta2 0 theta0 g t))
      (alpha * ((1 - beta1) / sqrt ((1 - beta2) * (1 - r)))).
Proof.
  intros * Ha H1 H2 r Hr. split.
  - intros x (g & t & Ht & ->). apply adam_step_uniform_bound; assumption.
  - intros x Hx. assert (Hcv := rho_limit beta1 beta2 H1 H2 Hr). cbv zeta in Hcv. fold r in Hcv.
    set (l := (1 - beta1) / _) in *.
    destruct (Rle_lt_dec (alpha * l) x) as [|Hlt]; [assumption|]. exfalso.
    assert (He : 0 < l - x / alpha).
    { apply Rmult_lt_reg_l with (1 := Ha). rewrite Rmult_0_r, Rmult_minus_distr_l.
      replace (alpha * (x / alpha)) with x by (field; lra). lra. }
    destruct (Hcv _ He) as [N HN]. specialize (HN (S N) ltac:(lia)).
    unfold R_dist in HN. apply Rabs_def2 in HN.
    assert (Hb : alpha * rho beta1 beta2 (S N) <= x).
    { apply Hx. exists (fun i => (beta1 / beta2) ^ (S N - i)), (S N). split; [lia|].
      symmetry. apply adam_step_bound_attained; assumption || lia. }
    assert (alpha * (x / alpha) < alpha * rho beta1 beta2 (S N))
      by (apply Rmult_lt_compat_l; lra).
    replace (alpha * (x / alpha)) with x in * by (field; lra). lra.
Qed.

(** ** The first bound corrected *)

(** N06. In the case of the first bound every step is below the printed bound times
    sqrt((2 - beta1)/(2 - 2 beta1)), if 0 < beta1. *)
Theorem first_bound_corrected :
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 < beta1 < 1 -> 0 < beta2 < 1 -> 1 - beta1 > sqrt (1 - beta2) -> (1 <= t)%nat ->
    Rabs (Delta alpha beta1 beta2 0 theta0 g t)
    < alpha * ((1 - beta1) / sqrt (1 - beta2)) * sqrt ((2 - beta1) / (2 - 2 * beta1)).
Proof.
  intros * Ha H1 H2 Hc Ht.
  assert (Hr := first_case_r beta1 beta2 ltac:(lra) H2 Hc).
  assert (HB := adam_step_uniform_bound alpha beta1 beta2 theta0 g t Ha ltac:(lra) H2 Ht Hr).
  cbv zeta in HB. apply Rle_lt_trans with (1 := HB).
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hss := sqrt_sqrt (1 - beta2) ltac:(lra)).
  assert (Hrr : beta1 ^ 2 / beta2 * (2 - beta1) < beta1).
  { apply Rmult_lt_reg_r with beta2; [lra|].
    replace (beta1 ^ 2 / beta2 * (2 - beta1) * beta2) with (beta1 * (beta1 * (2 - beta1)))
      by (field; lra).
    apply Rmult_lt_compat_l; [lra|]. clear - Hc Hs Hss. nra. }
  clear HB Hc Hss. set (r := beta1 ^ 2 / beta2) in *. rewrite Rmult_assoc.
  apply Rmult_lt_compat_l; [assumption|]. rewrite sqrt_mult by lra.
  assert (Hq : 0 < sqrt (1 - r)) by (apply sqrt_lt_R0; lra).
  replace ((1 - beta1) / (sqrt (1 - beta2) * sqrt (1 - r)))
    with ((1 - beta1) / sqrt (1 - beta2) * / sqrt (1 - r)) by (field; lra).
  apply Rmult_lt_compat_l; [apply Rdiv_lt_0_compat; lra|].
  rewrite <- sqrt_inv. apply sqrt_lt_1_alt. split; [left; apply Rinv_0_lt_compat; lra|].
  apply Rmult_lt_reg_r with ((1 - r) * (2 - 2 * beta1)); [apply Rmult_lt_0_compat; lra|].
  replace (/ (1 - r) * ((1 - r) * (2 - 2 * beta1))) with (2 - 2 * beta1) by (field; lra).
  replace ((2 - beta1) / (2 - 2 * beta1) * ((1 - r) * (2 - 2 * beta1)))
    with ((2 - beta1) * (1 - r)) by (field; lra).
  lra.
Qed.

(** N06. The constant sqrt((2 - beta1)/(2 - 2 beta1)) cannot be made smaller: for every smaller K
    there are beta2 in the case of the first bound, a round and gradients whose step is longer than
    the printed bound times K. *)
Theorem first_bound_corrected_is_sharp :
  forall alpha beta1 theta0 K,
    0 < alpha -> 0 < beta1 < 1 -> 0 < K < sqrt ((2 - beta1) / (2 - 2 * beta1)) ->
    exists beta2 g t,
      0 < beta2 < 1 /\ 1 - beta1 > sqrt (1 - beta2) /\ (1 <= t)%nat /\
      Rabs (Delta alpha beta1 beta2 0 theta0 g t)
      > alpha * ((1 - beta1) / sqrt (1 - beta2)) * K.
Proof.
  intros * Ha H1 [HK0 HK].
  (* r between 1 - 1/K^2 and the border beta1 / (2 - beta1); then beta2 = beta1^2 / r *)
  set (top := beta1 / (2 - beta1)).
  assert (HK2 : K ^ 2 < 1 / (1 - top)).
  { replace (1 / (1 - top)) with ((2 - beta1) / (2 - 2 * beta1)) by (unfold top; field; lra).
    assert (H0 : 0 <= (2 - beta1) / (2 - 2 * beta1)) by (left; apply Rdiv_lt_0_compat; lra).
    rewrite <- (pow2_sqrt _ H0). apply pow_lt_mono; [lra | lia]. }
  assert (Ht1 : top < 1).
  { apply Rmult_lt_reg_r with (2 - beta1); [lra|]. unfold top, Rdiv.
    rewrite Rmult_assoc, Rinv_l; lra. }
  assert (Htop : top * (2 - beta1) = beta1) by (unfold top; field; lra).
  assert (HKp : 0 < K ^ 2) by (apply pow_lt; assumption).
  assert (Hlow : 1 - / K ^ 2 < top).
  { assert (Hp : 0 < K ^ 2 * (1 / (1 - top)))
      by (apply Rmult_lt_0_compat; [exact HKp | apply Rdiv_lt_0_compat; lra]).
    assert (H := Rinv_lt_contravar _ _ Hp HK2).
    unfold Rdiv in H. rewrite Rmult_1_l, Rinv_inv in H. lra. }
  assert (Hsq : beta1 ^ 2 < top).
  { apply Rmult_lt_reg_r with (2 - beta1); [lra|]. rewrite Htop.
    assert (0 < beta1 * (1 - beta1) ^ 2) by (apply Rmult_lt_0_compat; [|apply pow_lt]; lra). lra. }
  set (low := Rmax (1 - / K ^ 2) (beta1 ^ 2)).
  assert (Hlow1 : 1 - / K ^ 2 <= low) by apply Rmax_l.
  assert (Hlow2 : beta1 ^ 2 <= low) by apply Rmax_r.
  assert (Hlow3 : low < top) by (apply Rmax_lub_lt; assumption).
  assert (Hb0 : 0 < beta1 ^ 2) by (apply pow_lt; lra).
  clearbody low. set (r := (low + top) / 2). set (beta2 := beta1 ^ 2 / r).
  assert (Hr : low < r < top) by (unfold r; lra). clearbody r.
  assert (Hrb : beta1 ^ 2 / beta2 = r) by (unfold beta2; field; lra).
  assert (H2 : 0 < beta2 < 1).
  { split; [apply Rdiv_lt_0_compat; lra|]. unfold beta2. apply Rmult_lt_reg_r with r; [lra|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (Hcase : sqrt (1 - beta2) < 1 - beta1).
  { rewrite <- (sqrt_pow2 (1 - beta1)) by lra. apply sqrt_lt_1_alt. split; [lra|].
    assert (Hb2 : beta1 * (2 - beta1) < beta2).
    { unfold beta2. apply Rmult_lt_reg_r with r; [lra|]. unfold Rdiv at 1.
      rewrite (Rmult_assoc (beta1 ^ 2)), Rinv_l by lra.
      assert (0 < beta1 * (2 - beta1) * (top - r))
        by (repeat apply Rmult_lt_0_compat; lra).
      assert (beta1 * (top * (2 - beta1)) = beta1 * beta1) by (rewrite Htop; ring). lra. }
    clear - Hb2. nra. }
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hsr : 0 < sqrt (1 - r)) by (apply sqrt_lt_R0; lra).
  set (b := (1 - beta1) / sqrt (1 - beta2)).
  assert (Hb : 0 < b) by (apply Rdiv_lt_0_compat; lra).
  assert (Hcv := rho_limit beta1 beta2 ltac:(lra) H2). cbv zeta in Hcv. rewrite Hrb in Hcv.
  specialize (Hcv ltac:(lra)). rewrite sqrt_mult in Hcv by lra.
  replace ((1 - beta1) / (sqrt (1 - beta2) * sqrt (1 - r))) with (b * / sqrt (1 - r)) in Hcv
    by (unfold b; field; lra).
  assert (HKr : K < / sqrt (1 - r)).
  { rewrite <- sqrt_inv, <- (sqrt_pow2 K) by lra. apply sqrt_lt_1_alt. split; [lra|].
    rewrite <- (Rinv_inv (K ^ 2)). apply Rinv_lt_contravar; [|lra].
    apply Rmult_lt_0_compat; [lra | apply Rinv_0_lt_compat; lra]. }
  assert (Hgap : b * K < b * / sqrt (1 - r)) by (apply Rmult_lt_compat_l; assumption).
  destruct (Hcv (b * / sqrt (1 - r) - b * K) ltac:(lra)) as [N HN].
  specialize (HN (S N) ltac:(lia)). unfold R_dist in HN. apply Rabs_def2 in HN.
  exists beta2, (fun i => (beta1 / beta2) ^ (S N - i)), (S N).
  repeat split; [lra | lra | lra | lia |].
  rewrite adam_step_bound_attained by (lra || lia). rewrite Rmult_assoc.
  fold b. apply Rmult_lt_compat_l; [assumption | lra].
Qed.

(** N03, N06. No step attains the limit of rho_t, unless beta1 = beta2. (In the case of the first
    bound they always differ.) *)
Theorem adam_step_uniform_bound_is_not_attained :
  forall alpha beta1 beta2 theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat -> beta1 <> beta2 ->
    let r := beta1 ^ 2 / beta2 in
    r < 1 ->
    Rabs (Delta alpha beta1 beta2 0 theta0 g t)
    < alpha * ((1 - beta1) / sqrt ((1 - beta2) * (1 - r))).
Proof.
  intros * Ha H1 H2 Ht Hn r Hr.
  apply Rle_lt_trans with (1 := adam_step_bound alpha beta1 beta2 theta0 g t Ha H1 H2 Ht).
  apply Rmult_lt_compat_l; [lra | apply rho_below_its_limit; assumption].
Qed.

(** ** How far in T rounds? *)

(** N08. In T rounds Adam moves at most alpha (rho_1 + ... + rho_T), and a ramp moves it so far. *)
Theorem farthest_reach :
  forall alpha beta1 beta2 theta0 T,
    0 < alpha -> 0 < beta1 < 1 -> 0 < beta2 < 1 ->
    (forall g, Rabs (theta alpha beta1 beta2 0 theta0 g T - theta0)
               <= alpha * (\sum_(t <= T) rho beta1 beta2 t)) /\
    theta0 - theta alpha beta1 beta2 0 theta0 (fun i => (beta2 / beta1) ^ i) T
    = alpha * (\sum_(t <= T) rho beta1 beta2 t).
Proof.
  intros * Ha H1 H2.
  assert (HS : forall g t, theta alpha beta1 beta2 0 theta0 g (S t)
    = theta alpha beta1 beta2 0 theta0 g t + Delta alpha beta1 beta2 0 theta0 g (S t)).
  { intros. unfold Delta. replace (S t - 1)%nat with t by lia. ring. }
  split; [intros g|]; induction T as [|T IH].
  - replace (theta _ _ _ _ _ _ 0) with theta0 by reflexivity. simpl.
    rewrite Rminus_diag_eq, Rabs_R0 by reflexivity. lra.
  - rewrite HS, sum_S, Rmult_plus_distr_l.
    assert (HD := adam_step_bound alpha beta1 beta2 theta0 g (S T) Ha ltac:(lra) H2 ltac:(lia)).
    set (D := Delta _ _ _ _ _ _ _) in *. set (x := theta _ _ _ _ _ _ T) in *.
    replace (x + D - theta0) with (x - theta0 + D) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). lra.
  - replace (theta _ _ _ _ _ _ 0) with theta0 by reflexivity. simpl. ring.
  - rewrite HS, ramp_steps_farthest_in_every_round, sum_S by (assumption || lia). lra.
Qed.

(** C52. The paper: alpha sets a trust region, so that the number of steps to reach an optimum at a
    known distance can be deduced. Holds with another radius if r = beta1^2 / beta2 < 1: T rounds
    lead at most T alpha times the limit of rho_t away. *)
Theorem trust_region :
  forall alpha beta1 beta2 theta0 g T,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
    let r := beta1 ^ 2 / beta2 in
    r < 1 ->
    Rabs (theta alpha beta1 beta2 0 theta0 g T - theta0)
    <= INR T * (alpha * ((1 - beta1) / sqrt ((1 - beta2) * (1 - r)))).
Proof.
  intros * Ha H1 H2 r Hr. induction T as [|T IH].
  - replace (theta _ _ _ _ _ _ 0) with theta0 by reflexivity. simpl.
    rewrite Rminus_diag_eq, Rabs_R0 by reflexivity. lra.
  - assert (HD := adam_step_uniform_bound alpha beta1 beta2 theta0 g (S T) Ha H1 H2 ltac:(lia) Hr).
    cbv zeta in HD. fold r in HD. unfold Delta in HD. replace (S T - 1)%nat with T in HD by lia.
    set (x := theta _ _ _ _ _ _ T) in *. set (y := theta _ _ _ _ _ _ (S T)) in *.
    replace (y - theta0) with (x - theta0 + (y - x)) by ring. rewrite S_INR.
    apply Rle_trans with (1 := Rabs_triang _ _). lra.
Qed.

(** C52, N03. If beta1^2 >= beta2 there is no radius: a ramp makes steps of at least
    alpha (1 - beta1) sqrt(t), in every round t. *)
Theorem ramp_steps_without_bound :
  forall alpha beta1 beta2 theta0 t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat -> beta2 <= beta1 ^ 2 ->
    alpha * ((1 - beta1) * sqrt (INR t))
    <= Rabs (Delta alpha beta1 beta2 0 theta0 (fun i => (beta2 / beta1) ^ i) t).
Proof.
  intros * Ha H1 H2 Ht H. assert (Hb : 0 < beta1).
  { destruct H1 as [[|<-] _]; [assumption|]. rewrite pow_i in H by lia. lra. }
  rewrite ramp_steps_farthest_in_every_round by (assumption || lra).
  assert (Hr := rho_nonneg beta1 beta2 t). rewrite Rabs_Ropp, Rabs_right.
  - apply Rmult_le_compat_l; [lra | apply rho_unbounded; assumption].
  - apply Rle_ge, Rmult_le_pos; lra.
Qed.

(** ** Invariance *)

Lemma scaled_moments alpha beta1 beta2 eps eps' theta0 g c t :
  0 < c ->
  m_hat alpha beta1 beta2 eps theta0 (fun i => c * g i) t
  = c * m_hat alpha beta1 beta2 eps' theta0 g t /\
  sqrt (v_hat alpha beta1 beta2 eps theta0 (fun i => c * g i) t)
  = c * sqrt (v_hat alpha beta1 beta2 eps' theta0 g t).
Proof.
  intros Hc. split.
  - rewrite !m_hat_sum, <- sum_scale. apply sum_ext; intros; ring.
  - transitivity (sqrt (c ^ 2 * v_hat alpha beta1 beta2 eps' theta0 g t));
      [|rewrite sqrt_mult_alt, sqrt_pow2 by (apply pow2_ge_0 || lra); reflexivity].
    f_equal. rewrite !v_hat_sum, <- sum_scale. apply sum_ext; intros; ring.
Qed.

(** The state m, v becomes c m, c^2 v; the points stay. *)
Lemma scaled_run alpha beta1 beta2 eps theta0 g c t :
  0 < beta2 < 1 -> 0 <= eps -> 0 < c ->
  theta alpha beta1 beta2 (c * eps) theta0 (fun i => c * g i) t
  = theta alpha beta1 beta2 eps theta0 g t.
Proof.
  intros H2 He Hc. induction t as [|t IH]; [reflexivity|].
  assert (HS : forall e g', theta alpha beta1 beta2 e theta0 g' (S t)
    = theta alpha beta1 beta2 e theta0 g' t + Delta alpha beta1 beta2 e theta0 g' (S t)).
  { intros. unfold Delta. replace (S t - 1)%nat with t by lia. ring. }
  rewrite !HS, IH, !Delta_ratio by lia. do 3 f_equal.
  destruct (scaled_moments alpha beta1 beta2 (c * eps) eps theta0 g c (S t) Hc) as [-> ->].
  set (mh := m_hat alpha beta1 beta2 eps theta0 g (S t)).
  set (vh := v_hat alpha beta1 beta2 eps theta0 g (S t)).
  assert (Hs := sqrt_pos vh). unfold ratio.
  destruct (Req_dec (sqrt vh + eps) 0) as [Hz|Hn].
  - assert (E : mh = 0) by (apply m_hat_zero; [assumption | lia | fold vh; lra]).
    rewrite E. unfold Rdiv. ring.
  - rewrite <- Rmult_plus_distr_l. revert Hn. generalize (sqrt vh + eps). intros x Hn.
    field. lra.
Qed.

(** C08. The paper: the magnitudes of parameter updates are invariant to rescaling of the gradient.
    Holds for eps = 0: gradients c g_1, c g_2, ... with c > 0 give the same points. *)
Theorem scale_invariance :
  forall alpha beta1 beta2 theta0 g c t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < c ->
    theta alpha beta1 beta2 0 theta0 (fun i => c * g i) t
    = theta alpha beta1 beta2 0 theta0 g t.
Proof.
  intros * H1 H2 Hc. rewrite <- (scaled_run _ _ _ 0 _ g c) by lra. rewrite Rmult_0_r. reflexivity.
Qed.

(** N09. With eps > 0 the points are the same if eps is scaled with the gradients. *)
Theorem scale_invariance_with_scaled_eps :
  forall alpha beta1 beta2 eps theta0 g c t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < eps -> 0 < c ->
    theta alpha beta1 beta2 (c * eps) theta0 (fun i => c * g i) t
    = theta alpha beta1 beta2 eps theta0 g t.
Proof. intros. apply scaled_run; lra. Qed.

(** N09. With fixed eps > 0 a step for the gradients c g has size
    alpha c |m_hat| / (c sqrt(v_hat) + eps), which increases with c where m_hat is not 0. *)
Theorem step_grows_with_the_scale :
  forall alpha beta1 beta2 eps theta0 g c t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < eps -> 0 < c -> (1 <= t)%nat ->
    let mh := m_hat alpha beta1 beta2 eps theta0 g t in
    let vh := v_hat alpha beta1 beta2 eps theta0 g t in
    let size c := Rabs (Delta alpha beta1 beta2 eps theta0 (fun i => c * g i) t) in
    size c = alpha * (c * Rabs mh / (c * sqrt vh + eps)) /\
    (mh <> 0 -> forall c', c < c' -> size c < size c').
Proof.
  intros * Ha H1 H2 He Hc Ht mh vh size.
  assert (Hs := sqrt_pos vh).
  assert (Hden : forall k, 0 < k -> 0 < k * sqrt vh + eps).
  { intros k Hk. assert (0 <= k * sqrt vh) by (apply Rmult_le_pos; lra). lra. }
  assert (E : forall k, 0 < k -> size k = alpha * (k * Rabs mh / (k * sqrt vh + eps))).
  { intros k Hk. unfold size. rewrite Delta_ratio by assumption.
    destruct (scaled_moments alpha beta1 beta2 eps eps theta0 g k t Hk) as [-> ->].
    fold mh vh. specialize (Hden k Hk). unfold ratio, Rdiv.
    rewrite Rabs_Ropp, !Rabs_mult, (Rabs_right alpha), (Rabs_right k), (Rabs_right (/ _)) by
      (try (apply Rle_ge, Rlt_le, Rinv_0_lt_compat); lra).
    ring. }
  split; [apply E, Hc|]. intros Hm c' Hcc. assert (Hmp := Rabs_pos_lt _ Hm).
  assert (D := Hden c Hc). assert (D' := Hden c' ltac:(lra)).
  rewrite !E by lra. apply Rmult_lt_compat_l; [assumption|].
  apply Rmult_lt_reg_r with ((c * sqrt vh + eps) * (c' * sqrt vh + eps));
    [apply Rmult_lt_0_compat; assumption|].
  replace (c * Rabs mh / (c * sqrt vh + eps) * ((c * sqrt vh + eps) * (c' * sqrt vh + eps)))
    with (c * Rabs mh * (c' * sqrt vh + eps)) by (field; lra).
  replace (c' * Rabs mh / (c' * sqrt vh + eps) * ((c * sqrt vh + eps) * (c' * sqrt vh + eps)))
    with (c' * Rabs mh * (c * sqrt vh + eps)) by (field; lra).
  assert (0 < (c' - c) * (Rabs mh * eps)) by (repeat apply Rmult_lt_0_compat; lra). lra.
Qed.

(** N09. And with fixed eps > 0 the size of the step for the gradients n g tends, as n tends to
    infinity, to its size for eps = 0. *)
Theorem step_of_large_gradients :
  forall alpha beta1 beta2 eps theta0 g t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < eps -> (1 <= t)%nat ->
    Un_cv (fun n => Rabs (Delta alpha beta1 beta2 eps theta0 (fun i => INR n * g i) t))
          (Rabs (Delta alpha beta1 beta2 0 theta0 g t)).
Proof.
  intros * Ha H1 H2 He Ht.
  set (mh := m_hat alpha beta1 beta2 0 theta0 g t).
  set (s := sqrt (v_hat alpha beta1 beta2 0 theta0 g t)).
  assert (E : forall n, (1 <= n)%nat ->
    Rabs (Delta alpha beta1 beta2 eps theta0 (fun i => INR n * g i) t)
    = Rabs (alpha * mh) * / (s + eps * / INR n)).
  { intros n Hn. assert (Hp := INR_pos n Hn). assert (Hs : 0 <= s) by apply sqrt_pos.
    rewrite Delta_ratio, Rabs_Ropp by assumption.
    destruct (scaled_moments alpha beta1 beta2 eps 0 theta0 g (INR n) t Hp) as [-> ->].
    fold mh s. assert (He' : 0 < eps * / INR n)
      by (apply Rmult_lt_0_compat; [|apply Rinv_0_lt_compat]; assumption).
    assert (Hns : 0 <= INR n * s) by (apply Rmult_le_pos; lra).
    rewrite <- (Rabs_right (/ (s + _))) by (left; apply Rinv_0_lt_compat; lra).
    rewrite <- Rabs_mult. f_equal. unfold ratio. field. repeat split; nra. }
  apply (cv_from_1 _ _ _ E). rewrite Delta_ratio, Rabs_Ropp, Rplus_0_r by assumption. fold mh s.
  assert (Hs : 0 <= s) by apply sqrt_pos. destruct Hs as [Hs|Hs].
  - replace (Rabs (alpha * ratio mh s)) with (Rabs (alpha * mh) * / s).
    2: { rewrite <- (Rabs_right (/ s)) by (left; apply Rinv_0_lt_compat, Hs).
         rewrite <- Rabs_mult. f_equal. unfold ratio, Rdiv. ring. }
    apply (CV_mult (fun _ => _)); [apply cv_const|].
    apply (continuity_seq Rinv (fun n => s + eps * / INR n)).
    + apply (continuity_pt_inv id);
        [apply derivable_continuous_pt, derivable_pt_id | unfold id; lra].
    + replace s with (s + eps * 0) at 1 by ring.
      apply (CV_plus (fun _ => s)); [apply cv_const|].
      apply (CV_mult (fun _ => eps)); [apply cv_const|].
      intros e Hpe. destruct (archimed_cor1 e Hpe) as (N & HN & HN0). exists N. intros n Hn.
      assert (Hpos := INR_pos N HN0). assert (Hle : INR N <= INR n) by (apply le_INR; lia).
      unfold R_dist. rewrite Rminus_0_r, Rabs_right by (left; apply Rinv_0_lt_compat; lra).
      apply Rle_lt_trans with (2 := HN). apply Rinv_le_contravar; assumption.
  - assert (Hm : mh = 0) by (apply m_hat_zero; [exact H2 | exact Ht | symmetry; exact Hs]).
    rewrite Hm. apply (cv_from_1 _ (fun _ => 0)).
    + intros n _. rewrite Rmult_0_r, Rabs_R0. ring.
    + unfold ratio, Rdiv. rewrite Rmult_0_l, Rmult_0_r, Rabs_R0. apply cv_const.
Qed.

(** The first step in closed form. *)
Lemma first_step alpha beta1 beta2 eps theta0 g :
  0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  theta alpha beta1 beta2 eps theta0 g 1
  = theta0 - alpha * ratio (g 1%nat) (Rabs (g 1%nat) + eps).
Proof.
  intros H1 H2.
  replace (theta alpha beta1 beta2 eps theta0 g 1)
    with (theta0 + Delta alpha beta1 beta2 eps theta0 g 1)
    by (unfold Delta; replace (theta _ _ _ _ _ _ (1 - 1)) with theta0 by reflexivity; ring).
  rewrite Delta_ratio, m_hat_sum, v_hat_sum by lia. unfold weight. simpl.
  replace (0 + (1 - beta1) * 1 / (1 - beta1 * 1) * g 1%nat) with (g 1%nat) by (field; lra).
  replace (0 + (1 - beta2) * 1 / (1 - beta2 * 1) * (g 1%nat * (g 1%nat * 1)))
    with (Rsqr (g 1%nat)) by (unfold Rsqr; field; lra).
  rewrite sqrt_Rsqr_abs. ring.
Qed.

(** C08. False for every eps > 0: the first step changes with every c <> 1 (where g_1 is not 0). *)
Theorem no_scale_invariance_with_eps :
  forall alpha beta1 beta2 eps theta0 g c,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < eps -> 0 < c -> c <> 1 ->
    g 1%nat <> 0 ->
    theta alpha beta1 beta2 eps theta0 (fun i => c * g i) 1
    <> theta alpha beta1 beta2 eps theta0 g 1.
Proof.
  intros * Ha H1 H2 He Hc Hc1 Hg E. rewrite !first_step in E by assumption.
  rewrite Rabs_mult, (Rabs_right c) in E by lra. unfold ratio in E.
  assert (Hp := Rabs_pos_lt _ Hg). set (x := g 1%nat) in *. set (a := Rabs x) in *.
  assert (Hca : 0 < c * a) by (apply Rmult_lt_0_compat; lra).
  assert (E1 : c * x / (c * a + eps) = x / (a + eps)).
  { apply Rmult_eq_reg_l with alpha; lra. }
  assert (E2 : c * x * (a + eps) = x * (c * a + eps)).
  { replace (c * x * (a + eps)) with (c * x / (c * a + eps) * (a + eps) * (c * a + eps))
      by (field; lra).
    rewrite E1. field. lra. }
  assert (E3 : (c - 1) * (x * eps) = 0) by lra.
  apply Rmult_integral in E3. destruct E3 as [E3|E3]; [lra|].
  apply Rmult_integral in E3. destruct E3 as [E3|E3]; [exact (Hg E3) | lra].
Qed.

(** C09. The abstract: "invariant to diagonal rescaling of the gradients". Holds for eps = 0: in d
    coordinates, each with a factor c_i > 0 of its own, every coordinate's points are the same. *)
Theorem diagonal_rescaling_invariance :
  forall d alpha beta1 beta2 (theta0 : vector) (g : nat -> vector) (c : vector) t i,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> (forall j, (1 <= j <= d)%nat -> 0 < c j) ->
    (1 <= i <= d)%nat ->
    theta alpha beta1 beta2 0 (theta0 i) (fun t => c i * g t i) t
    = theta alpha beta1 beta2 0 (theta0 i) (fun t => g t i) t.
Proof.
  intros * H1 H2 Hc Hi. apply (scale_invariance _ _ _ _ (fun t => g t i)); auto.
Qed.

(** C09. It is no invariance to rescaled parameters: with theta' = c theta, c <> 1, the
    gradients are g / c by the chain rule, and theta'_1 is never c theta_1 (where g_1 is not 0). *)
Theorem no_reparametrisation_invariance :
  forall alpha beta1 beta2 theta0 g c,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < c -> c <> 1 -> g 1%nat <> 0 ->
    theta alpha beta1 beta2 0 (c * theta0) (fun i => g i / c) 1
    <> c * theta alpha beta1 beta2 0 theta0 g 1.
Proof.
  intros * Ha H1 H2 Hc Hc1 Hg E. rewrite !first_step, !Rplus_0_r in E by assumption.
  assert (Hp := Rabs_pos_lt _ Hg). unfold ratio in E.
  assert (Hd : Rabs (g 1%nat / c) = Rabs (g 1%nat) / c).
  { unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ c)); [reflexivity|].
    left. apply Rinv_0_lt_compat, Hc. }
  rewrite Hd in E.
  replace (g 1%nat / c / (Rabs (g 1%nat) / c)) with (g 1%nat / Rabs (g 1%nat)) in E
    by (field; lra).
  set (s := g 1%nat / Rabs (g 1%nat)) in *.
  assert (Hs : s <> 0).
  { unfold s, Rdiv. apply Rmult_integral_contrapositive_currified; [assumption|].
    apply Rinv_neq_0_compat. lra. }
  assert (E3 : (c - 1) * (alpha * s) = 0) by lra.
  apply Rmult_integral in E3. destruct E3 as [E3|E3]; [lra|].
  apply Rmult_integral in E3. destruct E3 as [E3|E3]; [lra | exact (Hs E3)].
Qed.

(** ** The efficient order *)

Definition efficient_run (alpha beta1 beta2 : R) (eps_hat : nat -> R) (theta0 : R)
    (g : nat -> R) (t : nat) : R * R * (R * R) :=
  run (fun t => adam_eps_hat alpha beta1 beta2 (eps_hat t) t) free theta0 (0, 0) g t.

Lemma efficient_state alpha beta1 beta2 eps eps_hat theta0 g t :
  state (efficient_run alpha beta1 beta2 eps_hat theta0 g t)
  = state (adam_run alpha beta1 beta2 eps theta0 g t).
Proof.
  induction t as [|t IH]; [reflexivity|]. unfold efficient_run, adam_run in *. rewrite !run_S.
  destruct (run _ _ _ _ _ t) as [[x y] [m v]].
  destruct (run (adam _ _ _ _) _ _ _ _ t) as [[x' y'] [m' v']].
  unfold state in *; simpl in *. inversion IH. reflexivity.
Qed.

(** One step of the efficient order in terms of m_hat and v_hat: it divides by
    sqrt(v_hat) + eps_hat_t / sqrt(1 - beta2^t). *)
Lemma efficient_S alpha beta1 beta2 eps eps_hat theta0 g t :
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 <= eps_hat (S t) ->
  point (efficient_run alpha beta1 beta2 eps_hat theta0 g (S t))
  = point (efficient_run alpha beta1 beta2 eps_hat theta0 g t)
    - alpha * ratio (m_hat alpha beta1 beta2 eps theta0 g (S t))
                    (sqrt (v_hat alpha beta1 beta2 eps theta0 g (S t))
                     + eps_hat (S t) / sqrt (1 - beta2 ^ S t)).
Proof.
  intros H1 H2 He.
  assert (Ha := one_minus_pow_pos beta1 (S t) H1 ltac:(lia)).
  assert (Hb := one_minus_pow_pos beta2 (S t) ltac:(lra) ltac:(lia)).
  assert (Hq := sqrt_lt_R0 _ Hb).
  assert (Hz := m_hat_zero alpha beta1 beta2 eps theta0 g H2 (S t) ltac:(lia)).
  assert (E : point (efficient_run alpha beta1 beta2 eps_hat theta0 g (S t))
    = point (efficient_run alpha beta1 beta2 eps_hat theta0 g t)
      - alpha * sqrt (1 - beta2 ^ S t) / (1 - beta1 ^ S t)
        * ratio (fst (state (efficient_run alpha beta1 beta2 eps_hat theta0 g (S t))))
                (sqrt (snd (state (efficient_run alpha beta1 beta2 eps_hat theta0 g (S t))))
                 + eps_hat (S t))).
  { unfold efficient_run. rewrite run_S. destruct (run _ _ _ _ _ t) as [[x y] [m v]]. reflexivity. }
  rewrite E, (efficient_state alpha beta1 beta2 eps). f_equal. clear E.
  revert Hz. unfold m_hat, v_hat.
  set (m := fst _). set (v := snd _). set (p := 1 - beta1 ^ S t) in *.
  set (q := 1 - beta2 ^ S t) in *. intros Hz. unfold ratio.
  rewrite sqrt_div_alt in * by assumption.
  assert (Hs := sqrt_pos v).
  destruct (Req_dec (sqrt v + eps_hat (S t)) 0) as [H0|Hn].
  - assert (Hm : m / p = 0) by (apply Hz; replace (sqrt v) with 0 by lra; unfold Rdiv; ring).
    assert (m = 0).
    { replace m with (m / p * p) by (field; lra). rewrite Hm. ring. }
    rewrite H. unfold Rdiv. ring.
  - field. repeat split; try lra.
Qed.

(** C11. The paper: the last three lines of the loop can be replaced by
    alpha_t = alpha sqrt(1 - beta2^t)/(1 - beta1^t), theta_t = theta_(t-1) - alpha_t m_t /
    (sqrt(v_t) + eps_hat). Holds for all t and all gradients if eps_hat = eps sqrt(1 - beta2^t),
    which changes with t. *)
Theorem efficient_order_equivalent :
  forall alpha beta1 beta2 eps theta0 g t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 <= eps ->
    point (efficient_run alpha beta1 beta2 (fun t => eps * sqrt (1 - beta2 ^ t)) theta0 g t)
    = theta alpha beta1 beta2 eps theta0 g t.
Proof.
  intros * H1 H2 He. induction t as [|t IH]; [reflexivity|].
  assert (Hb := one_minus_pow_pos beta2 (S t) ltac:(lra) ltac:(lia)).
  assert (Hq := sqrt_lt_R0 _ Hb).
  rewrite (efficient_S _ _ _ eps) by (try assumption; apply Rmult_le_pos; lra).
  replace (eps * sqrt (1 - beta2 ^ S t) / sqrt (1 - beta2 ^ S t)) with eps by (field; lra).
  rewrite IH. assert (HD := Delta_ratio alpha beta1 beta2 eps theta0 g (S t) ltac:(lia)).
  unfold Delta in HD. replace (S t - 1)%nat with t in HD by lia. lra.
Qed.

(** C11. And for eps = eps_hat = 0. *)
Theorem efficient_order_equivalent_without_eps :
  forall alpha beta1 beta2 theta0 g t,
    0 <= beta1 < 1 -> 0 < beta2 < 1 ->
    point (efficient_run alpha beta1 beta2 (fun _ => 0) theta0 g t)
    = theta alpha beta1 beta2 0 theta0 g t.
Proof.
  intros * H1 H2. induction t as [|t IH]; [reflexivity|].
  rewrite (efficient_S _ _ _ 0), IH by (assumption || lra).
  assert (HD := Delta_ratio alpha beta1 beta2 0 theta0 g (S t) ltac:(lia)).
  unfold Delta in HD. replace (S t - 1)%nat with t in HD by lia.
  unfold Rdiv at 1. rewrite Rmult_0_l. lra.
Qed.

(** C11. No constant eps_hat will do: with eps > 0 and the gradients 1, 1 every constant
    eps_hat >= 0 gives another point in round 1 or in round 2. *)
Theorem no_constant_eps_hat :
  forall alpha beta1 beta2 eps eps_hat theta0,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < eps -> 0 <= eps_hat ->
    let g := fun _ => 1 in
    let efficient := efficient_run alpha beta1 beta2 (fun _ => eps_hat) theta0 g in
    ~ (point (efficient 1%nat) = theta alpha beta1 beta2 eps theta0 g 1 /\
       point (efficient 2%nat) = theta alpha beta1 beta2 eps theta0 g 2).
Proof.
  intros * Ha H1 H2 He Hh g efficient [E1 E2].
  assert (Hstep : forall t,
    point (efficient t) = theta alpha beta1 beta2 eps theta0 g t ->
    point (efficient (S t)) = theta alpha beta1 beta2 eps theta0 g (S t) ->
    eps_hat = eps * sqrt (1 - beta2 ^ S t)).
  { intros t E E'. unfold efficient in *.
    assert (Hb := one_minus_pow_pos beta2 (S t) ltac:(lra) ltac:(lia)).
    assert (Hq := sqrt_lt_R0 _ Hb).
    assert (HD := Delta_ratio alpha beta1 beta2 eps theta0 g (S t) ltac:(lia)).
    unfold Delta in HD. replace (S t - 1)%nat with t in HD by lia.
    rewrite (efficient_S _ _ _ eps), E in E' by assumption.
    rewrite m_hat_sum, v_hat_sum in E', HD. unfold g in E', HD.
    rewrite (sum_ext (fun i => _ * 1 ^ 2) (fun i => weight beta2 (S t) (S t - i))) in E', HD
      by (intros; ring).
    rewrite (sum_ext (fun i => _ * 1) (fun i => weight beta1 (S t) (S t - i))) in E', HD
      by (intros; ring).
    rewrite !weights_sum_to_1, sqrt_1 in E', HD by (lra || lia).
    set (q := sqrt (1 - beta2 ^ S t)) in *.
    assert (Hr : ratio 1 (1 + eps_hat / q) = ratio 1 (1 + eps))
      by (apply Rmult_eq_reg_l with alpha; lra).
    assert (Hx : 0 <= eps_hat / q)
      by (apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]).
    unfold ratio, Rdiv in Hr. rewrite !Rmult_1_l in Hr.
    apply (f_equal Rinv) in Hr. rewrite !Rinv_inv in Hr.
    replace eps_hat with (eps_hat / q * q) by (field; lra). unfold Rdiv. f_equal. lra. }
  assert (A1 := Hstep 0%nat eq_refl E1). assert (A2 := Hstep 1%nat E1 E2).
  rewrite A1 in A2. apply Rmult_eq_reg_l in A2; [|lra]. apply sqrt_inj in A2.
  - simpl in A2. nra.
  - left. apply one_minus_pow_pos; [lra | lia].
  - left. apply one_minus_pow_pos; [lra | lia].
Qed.

(** ** What a step depends on *)

(** C53. The paper: the method "only requires first-order gradients". Holds: a step depends on the
    gradients so far and on nothing else, not even on the point. *)
Theorem step_depends_on_gradients_only :
  forall alpha beta1 beta2 eps theta0 theta0' g g' t,
    (1 <= t)%nat -> (forall i, (1 <= i <= t)%nat -> g i = g' i) ->
    Delta alpha beta1 beta2 eps theta0 g t = Delta alpha beta1 beta2 eps theta0' g' t.
Proof.
  intros * Ht Hg. rewrite !Delta_ratio, !m_hat_sum, !v_hat_sum by assumption.
  do 2 f_equal. f_equal; [|do 2 f_equal]; apply sum_ext; intros i Hi; rewrite Hg by assumption;
    reflexivity.
Qed.

(** ** Sparsity *)

(** C05. The paper: "The first case only happens in the most severe case of sparsity: when a
    gradient has been zero at all timesteps except at the current timestep." Refuted: for all betas
    of that case, but beta1 = 0, some gradients, none of them 0, exceed the bound. *)
Theorem first_bound_exceeded_without_sparsity :
  forall alpha beta1 beta2 theta0,
    0 < alpha -> 0 < beta1 < 1 -> 0 < beta2 < 1 -> 1 - beta1 > sqrt (1 - beta2) ->
    exists g t, (1 <= t)%nat /\ (forall i, g i <> 0) /\
      Rabs (Delta alpha beta1 beta2 0 theta0 g t) > alpha * ((1 - beta1) / sqrt (1 - beta2)).
Proof.
  intros * Ha H1 H2 Hc.
  destruct (first_bound_exceeded alpha beta1 beta2 theta0 Ha H1 H2 Hc) as (t & Ht & HD).
  exists (fun i => (beta1 / beta2) ^ (t - i)), t. repeat split; [exact Ht | | exact HD].
  intros i. apply pow_nonzero, Rgt_not_eq, Rdiv_lt_0_compat; lra.
Qed.

(** C05. The paper: "For less sparse cases, the effective stepsize will be smaller." Refuted: at the
    defaults and t = 2 the gradients (100, 111), none of them 0, step over alpha, and the sparsest,
    (0, 1), under it. *)
Theorem less_sparse_steps_longer :
  forall alpha theta0, 0 < alpha ->
    1 - 9 / 10 > sqrt (1 - 999 / 1000) /\
    Rabs (Delta alpha (9 / 10) (999 / 1000) 0 theta0 (two 0 1) 2) < alpha
    < Rabs (Delta alpha (9 / 10) (999 / 1000) 0 theta0 (two 100 111) 2).
Proof.
  intros alpha theta0 Ha.
  assert (Hc : 1 - 9 / 10 > sqrt (1 - 999 / 1000)).
  { rewrite <- (sqrt_pow2 (1 - 9 / 10)) by lra. apply sqrt_lt_1_alt. lra. }
  split; [exact Hc | split].
  - assert (Hs := sqrt_pos (1 - 999 / 1000)).
    assert (Hss := sqrt_sqrt (1 - 999 / 1000) ltac:(lra)).
    rewrite Delta_ratio, m_hat_two, v_hat_two, Rabs_Ropp, Rabs_mult, Rplus_0_r by lia.
    rewrite (Rabs_right alpha) by lra. rewrite <- (Rmult_1_r alpha) at 2.
    apply Rmult_lt_compat_l; [assumption|].
    replace ((1 - 9 / 10) * (9 / 10 * 0 + 1) / (1 - (9 / 10) ^ 2)) with (10 / 19) by field.
    replace ((1 - 999 / 1000) * (999 / 1000 * 0 ^ 2 + 1 ^ 2) / (1 - (999 / 1000) ^ 2))
      with (1000 / 1999) by field.
    assert (Hq : 0 < sqrt (1000 / 1999)) by (apply sqrt_lt_R0; lra).
    assert (Hqq := sqrt_sqrt (1000 / 1999) ltac:(lra)).
    unfold ratio. rewrite Rabs_right by (left; apply Rdiv_lt_0_compat; lra).
    apply Rmult_lt_reg_r with (1 := Hq). unfold Rdiv at 1.
    rewrite Rmult_assoc, Rinv_l by lra. clear - Hq Hqq. nra.
  - rewrite <- (Rmult_1_r alpha) at 1.
    apply step_longer; try lra; try lia; rewrite ?m_hat_two, ?v_hat_two; lra.
Qed.

(** All gradients 0 but the one in round n. *)
Definition spike (n : nat) (x : R) (i : nat) : R := if Nat.eqb i n then x else 0.

Lemma sum_spike (f : nat -> R) n x :
  (1 <= n)%nat -> \sum_(i <= n) f (n - i)%nat * spike n x i = f 0%nat * x.
Proof.
  intros Hn. destruct n as [|n]; [lia|].
  rewrite sum_S, (sum_ext _ (fun _ => 0)), sum_zero.
  - unfold spike. rewrite Nat.eqb_refl, Nat.sub_diag. ring.
  - intros i Hi. unfold spike. rewrite (proj2 (Nat.eqb_neq i (S n))) by lia. ring.
Qed.

(** C05. And in this most severe case of sparsity the step never reaches the bound: it is
    sqrt(1 - beta2^t)/(1 - beta1^t) < 1 times the bound. *)
Theorem spike_stays_below_the_first_bound :
  forall alpha beta1 beta2 theta0 x t,
    0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 1 - beta1 > sqrt (1 - beta2) ->
    (1 <= t)%nat -> x <> 0 ->
    let bound := alpha * ((1 - beta1) / sqrt (1 - beta2)) in
    Rabs (Delta alpha beta1 beta2 0 theta0 (spike t x) t)
    = bound * (sqrt (1 - beta2 ^ t) / (1 - beta1 ^ t)) /\
    Rabs (Delta alpha beta1 beta2 0 theta0 (spike t x) t) < bound.
Proof.
  intros * Ha H1 H2 Hc Ht Hx bound.
  assert (Hp := one_minus_pow_pos beta1 t H1 Ht).
  assert (Hq := one_minus_pow_pos beta2 t ltac:(lra) Ht).
  assert (Hsq := sqrt_lt_R0 _ Hq). assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hxa := Rabs_pos_lt _ Hx).
  assert (E : Rabs (Delta alpha beta1 beta2 0 theta0 (spike t x) t)
              = bound * (sqrt (1 - beta2 ^ t) / (1 - beta1 ^ t))).
  { rewrite Delta_ratio, Rabs_Ropp, Rabs_mult, Rplus_0_r, (Rabs_right alpha) by (assumption || lra).
    unfold bound. rewrite Rmult_assoc. f_equal.
    rewrite m_hat_sum, v_hat_sum, (sum_spike (weight beta1 t)) by assumption.
    rewrite (sum_ext _ (fun i => weight beta2 t (t - i) * spike t (x ^ 2) i)).
    2: { intros i _. unfold spike. destruct (Nat.eqb i t); simpl; ring. }
    rewrite (sum_spike (weight beta2 t)) by assumption. unfold weight. simpl (_ ^ 0).
    rewrite !Rmult_1_r.
    rewrite sqrt_mult_alt by (left; apply Rdiv_lt_0_compat; lra).
    rewrite sqrt_div_alt, <- (pow2_abs x), sqrt_pow2 by (assumption || lra).
    unfold ratio. unfold Rdiv at 1. rewrite !Rabs_mult.
    rewrite (Rabs_right ((1 - beta1) / _)) by (left; apply Rdiv_lt_0_compat; lra).
    rewrite (Rabs_right (/ _)).
    - field. repeat split; lra.
    - left. apply Rinv_0_lt_compat, Rmult_lt_0_compat; [apply Rdiv_lt_0_compat|]; lra. }
  split; [exact E|]. rewrite E.
  assert (Hbound : 0 < bound)
    by (apply Rmult_lt_0_compat; [|apply Rdiv_lt_0_compat]; lra).
  (* (1 - beta1^t)^2 > 1 - beta2^t, by induction from t = 1 *)
  assert (Hkey : beta1 ^ t * (2 - beta1 ^ t) < beta2 ^ t).
  { assert (Hss := sqrt_sqrt (1 - beta2) ltac:(lra)).
    assert (Hb : beta1 * (2 - beta1) < beta2) by (clear - Hc Hs Hss; nra).
    clear - H1 H2 Ht Hb. induction Ht as [|t Ht IH]; [simpl; lra|]. simpl.
    assert (Hx0 : 0 <= beta1 ^ t) by (apply pow_le; lra).
    assert (Hx1 : beta1 ^ t <= 1) by (apply pow_le_1; lra).
    assert (Hy : 0 < beta2 ^ t) by (apply pow_lt; lra).
    revert IH Hx0 Hx1 Hy. generalize (beta1 ^ t) (beta2 ^ t). intros a b IH Hx0 Hx1 Hy.
    apply Rle_lt_trans with (beta1 * (2 - beta1) * (a * (2 - a))).
    - replace (beta1 * (2 - beta1) * (a * (2 - a))) with (beta1 * a * ((2 - beta1) * (2 - a)))
        by ring.
      apply Rmult_le_compat_l; nra.
    - assert (0 <= a * (2 - a)) by nra. nra. }
  rewrite <- (Rmult_1_r bound) at 2. apply Rmult_lt_compat_l; [assumption|].
  apply Rmult_lt_reg_r with (1 := Hp). unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
  rewrite Rmult_1_r, Rmult_1_l. rewrite <- (sqrt_pow2 (1 - beta1 ^ t)) by lra.
  apply sqrt_lt_1_alt. split; [lra|]. clear - Hkey. nra.
Qed.

(** ** Annealing *)

(** C10. The paper: the ratio m_hat / sqrt(v_hat) "typically becomes closer to 0 towards an
    optimum, leading to smaller effective steps in parameter space: a form of automatic annealing".
    Not always: on f(theta) = theta^2 / 2, whose gradient is g_t = theta_(t-1), with beta1 = 0 and
    theta_0 = alpha / 2, every step has size alpha for ever. *)
Theorem no_annealing_without_momentum :
  forall alpha beta2,
    0 < alpha -> 0 < beta2 < 1 ->
    exists g : nat -> R, forall t, (1 <= t)%nat ->
      g t = theta alpha 0 beta2 0 (alpha / 2) g (t - 1) /\
      Rabs (Delta alpha 0 beta2 0 (alpha / 2) g t) = alpha.
Proof.
  intros alpha beta2 Ha H2. set (g i := alpha / 2 * (-1) ^ (i - 1)). exists g.
  assert (Hg2 : forall i, g i ^ 2 = (alpha / 2) ^ 2).
  { intros. unfold g. rewrite Rpow_mult_distr, <- pow_mult, Nat.mul_comm, pow_1_even. ring. }
  assert (HD : forall t, Delta alpha 0 beta2 0 (alpha / 2) g (S t) = - (alpha * (-1) ^ t)).
  { intros t. rewrite Delta_ratio, m_hat_sum, v_hat_sum, Rplus_0_r by lia.
    rewrite (sum_ext (fun i => _ * g i ^ 2)
      (fun i => weight beta2 (S t) (S t - i) * (alpha / 2) ^ 2)) by (intros; rewrite Hg2; ring).
    rewrite sum_scale_r, weights_sum_to_1, Rmult_1_l by (lra || lia).
    rewrite sqrt_pow2 by lra.
    rewrite sum_S, (sum_ext _ (fun _ => 0)), sum_zero, Nat.sub_diag.
    - unfold weight, ratio, g. replace (S t - 1)%nat with t by lia. simpl.
      field. lra.
    - intros i Hi. unfold weight. rewrite pow_i by lia. unfold Rdiv. ring. }
  assert (Ht : forall t, theta alpha 0 beta2 0 (alpha / 2) g t = alpha / 2 * (-1) ^ t).
  { induction t as [|t IH]; [unfold theta, point; simpl; ring|].
    assert (E := HD t). unfold Delta in E. replace (S t - 1)%nat with t in E by lia.
    rewrite IH in E. simpl. lra. }
  intros t H. split; [rewrite Ht; reflexivity|].
  destruct t as [|t]; [lia|].
  rewrite HD, Rabs_Ropp, Rabs_mult, pow_1_abs, (Rabs_right alpha); lra.
Qed.

(** ** The first bound at the defaults *)

Lemma rho_at_the_defaults t :
  (1 <= t)%nat ->
  rho (9 / 10) (999 / 1000) t ^ 2 * (7 * (1 - (9 / 10) ^ t) ^ 2)
  = 370 * ((1 - (999 / 1000) ^ t) * (1 - (30 / 37) ^ t)).
Proof.
  intros Ht.
  assert (H1 := one_minus_pow_pos (9 / 10) t ltac:(lra) Ht).
  assert (H2 := one_minus_pow_pos (999 / 1000) t ltac:(lra) Ht).
  assert (H3 := one_minus_pow_pos (30 / 37) t ltac:(lra) Ht).
  assert (E := proj2 (rho_closed_form (9 / 10) (999 / 1000) t ltac:(lra) ltac:(lra) Ht)).
  replace ((9 / 10) ^ 2 / (999 / 1000)) with (30 / 37) in E by field.
  rewrite E by lra. clear E. rewrite Rpow_mult_distr, pow2_sqrt.
  - generalize dependent ((9 / 10) ^ t). intros x Hx. field. lra.
  - apply Rmult_le_pos; left; apply Rdiv_lt_0_compat; lra.
Qed.

Lemma pow_decreasing q n t : 0 <= q <= 1 -> (n <= t)%nat -> q ^ t <= q ^ n.
Proof.
  intros Hq Hn. replace t with (n + (t - n))%nat by lia. rewrite pow_add.
  assert (0 <= q ^ n) by (apply pow_le; lra).
  assert (q ^ (t - n) <= 1) by (apply pow_le_1; lra). nra.
Qed.

(** Powers of fractions are compared in whole numbers. *)
Lemma pow_fraction_le a b n p q :
  (0 < b)%Z -> (0 < q)%Z -> (a ^ Z.of_nat n * q <=? p * b ^ Z.of_nat n)%Z = true ->
  (IZR a / IZR b) ^ n <= IZR p / IZR q.
Proof.
  intros Hb Hq H. apply Z.leb_le, IZR_le in H. rewrite !mult_IZR, <- !pow_IZR in H.
  apply IZR_lt in Hb, Hq. rewrite pow_div.
  assert (0 < IZR b ^ n) by (apply pow_lt, Hb).
  apply Rmult_le_reg_r with (IZR b ^ n * IZR q); [apply Rmult_lt_0_compat; assumption|].
  replace (IZR a ^ n / IZR b ^ n * (IZR b ^ n * IZR q)) with (IZR a ^ n * IZR q) by (field; lra).
  replace (IZR p / IZR q * (IZR b ^ n * IZR q)) with (IZR p * IZR b ^ n) by (field; lra).
  exact H.
Qed.

Lemma pow_fraction_ge a b n p q :
  (0 < b)%Z -> (0 < q)%Z -> (p * b ^ Z.of_nat n <=? a ^ Z.of_nat n * q)%Z = true ->
  IZR p / IZR q <= (IZR a / IZR b) ^ n.
Proof.
  intros Hb Hq H. apply Z.leb_le, IZR_le in H. rewrite !mult_IZR, <- !pow_IZR in H.
  apply IZR_lt in Hb, Hq. rewrite pow_div.
  assert (0 < IZR b ^ n) by (apply pow_lt, Hb).
  apply Rmult_le_reg_r with (IZR b ^ n * IZR q); [apply Rmult_lt_0_compat; assumption|].
  replace (IZR a ^ n / IZR b ^ n * (IZR b ^ n * IZR q)) with (IZR a ^ n * IZR q) by (field; lra).
  replace (IZR p / IZR q * (IZR b ^ n * IZR q)) with (IZR p * IZR b ^ n) by (field; lra).
  exact H.
Qed.

(** C01. At the defaults beta1 = 0.9, beta2 = 0.999, where the bound is sqrt(10) alpha, it holds
    for all gradients in the rounds 1 to 209, and fails in round 210. *)
Theorem first_bound_at_the_defaults :
  forall alpha theta0, 0 < alpha ->
    (forall g t, (1 <= t <= 209)%nat ->
       Rabs (Delta alpha (9 / 10) (999 / 1000) 0 theta0 g t)
       <= alpha * ((1 - 9 / 10) / sqrt (1 - 999 / 1000))) /\
    (exists g, Rabs (Delta alpha (9 / 10) (999 / 1000) 0 theta0 g 210)
               > alpha * ((1 - 9 / 10) / sqrt (1 - 999 / 1000))).
Proof.
  intros alpha theta0 Ha.
  assert (Hs : 0 < sqrt (1 - 999 / 1000)) by (apply sqrt_lt_R0; lra).
  assert (Hss := sqrt_sqrt (1 - 999 / 1000) ltac:(lra)).
  set (b := (1 - 9 / 10) / sqrt (1 - 999 / 1000)).
  assert (Hb : 0 < b) by (apply Rdiv_lt_0_compat; lra).
  assert (Hb2 : b ^ 2 = 10).
  { unfold b. rewrite pow_div. replace (sqrt (1 - 999 / 1000) ^ 2) with (1 - 999 / 1000) by lra.
    field. }
  clearbody b. clear Hs Hss. split.
  - intros g t Ht.
    apply Rle_trans with (alpha * rho (9 / 10) (999 / 1000) t);
      [apply adam_step_bound; lra || lia|].
    apply Rmult_le_compat_l; [lra|].
    assert (E := rho_at_the_defaults t ltac:(lia)).
    assert (Hr := rho_nonneg (9 / 10) (999 / 1000) t).
    assert (H1 := one_minus_pow_pos (9 / 10) t ltac:(lra) ltac:(lia)).
    assert (H2 := one_minus_pow_pos (999 / 1000) t ltac:(lra) ltac:(lia)).
    assert (H3 : 0 <= (30 / 37) ^ t) by (apply pow_le; lra).
    assert (Hrange : 37 * (1 - (999 / 1000) ^ t) <= 7 * (1 - (9 / 10) ^ t) ^ 2).
    { (* 1 - beta2^t <= t / 1000, and in each of five ranges beta1^t is at most its first value *)
      assert (Hber : 1 - (999 / 1000) ^ t <= INR t / 1000).
      { rewrite <- geometric. replace (INR t / 1000) with ((1 - 999 / 1000) * (INR t * 1)) by field.
        apply Rmult_le_compat_l; [lra|]. rewrite <- sum_const.
        apply sum_le; intros; apply pow_le_1; lra. }
      assert (Hfrom : forall n c, (n <= t)%nat -> (9 / 10) ^ n <= 1 - c -> 0 <= c ->
        7 * c ^ 2 <= 7 * (1 - (9 / 10) ^ t) ^ 2).
      { intros n c Hn Hc H0. assert (H := pow_decreasing (9 / 10) n t ltac:(lra) Hn).
        apply Rmult_le_compat_l; [lra|]. apply pow_incr. lra. }
      assert (Hto : forall n, (t <= n)%nat -> INR t <= INR n) by (intros; apply le_INR; assumption).
      destruct (le_lt_dec t 1) as [Ht1|Ht1];
        [|destruct (le_lt_dec t 6) as [Ht6|Ht6];
          [|destruct (le_lt_dec t 8) as [Ht8|Ht8]; [|destruct (le_lt_dec t 63) as [Ht63|Ht63]]]].
      - specialize (Hfrom 1%nat (1 / 10) ltac:(lia) ltac:(lra) ltac:(lra)).
        specialize (Hto _ Ht1). simpl in Hto. lra.
      - specialize (Hfrom 2%nat (19 / 100) ltac:(lia) ltac:(lra) ltac:(lra)).
        specialize (Hto _ Ht6). simpl in Hto. lra.
      - specialize (Hfrom 7%nat (1 / 2) ltac:(lia) ltac:(lra) ltac:(lra)).
        specialize (Hto _ Ht8). simpl in Hto. lra.
      - specialize (Hfrom 9%nat (3 / 5) ltac:(lia) ltac:(lra) ltac:(lra)).
        specialize (Hto _ Ht63). rewrite (INR_IZR_INZ 63) in Hto. simpl Z.of_nat in Hto. lra.
      - assert (H : 8113 / 10000 <= (999 / 1000) ^ t).
        { apply Rle_trans with ((999 / 1000) ^ 209); [|apply pow_decreasing; [lra | lia]].
          apply pow_fraction_ge; [reflexivity | reflexivity | vm_compute; reflexivity]. }
        assert (H64 : (9 / 10) ^ 64 <= 1 - 799 / 800).
        { replace (1 - 799 / 800) with (1 / 800) by field.
          apply pow_fraction_le; [reflexivity | reflexivity | vm_compute; reflexivity]. }
        specialize (Hfrom 64%nat (799 / 800) ltac:(lia) H64). clear H64.
        specialize (Hfrom ltac:(lra)). lra. }
    clear - E Hb Hb2 Hr H1 H2 H3 Hrange.
    generalize dependent (rho (9 / 10) (999 / 1000) t). generalize dependent ((30 / 37) ^ t).
    generalize dependent ((999 / 1000) ^ t). generalize dependent ((9 / 10) ^ t).
    intros x H1 y H2 Hxy z H3 p E Hp. apply Rsqr_incr_0_var; [|lra]. unfold Rsqr.
    assert (Hx2 : 0 < (1 - x) ^ 2) by (apply pow_lt; assumption).
    assert (Hyz : (1 - y) * (1 - z) <= (1 - y) * 1) by (apply Rmult_le_compat_l; lra).
    apply Rmult_le_reg_r with (7 * (1 - x) ^ 2); [lra|]. simpl pow in *. nra.
  - exists (fun i => (9 / 10 / (999 / 1000)) ^ (210 - i)).
    rewrite adam_step_bound_attained by (lra || lia). apply Rmult_lt_compat_l; [lra|].
    assert (P : forall n, n = 210%nat ->
      (999 / 1000) ^ n <= 8107 / 10000 /\ (30 / 37) ^ n <= 1 / 10000).
    { intros n ->.
      split; apply pow_fraction_le; [reflexivity | reflexivity | vm_compute; reflexivity ..]. }
    generalize (eq_refl 210%nat). generalize 210%nat at 1 3. intros n Hn.
    specialize (P n Hn). destruct P as [Hy Hz].
    assert (E := rho_at_the_defaults n ltac:(lia)).
    assert (H1 := one_minus_pow_pos (9 / 10) n ltac:(lra) ltac:(lia)).
    assert (H0 : 0 < (9 / 10) ^ n) by (apply pow_lt; lra).
    assert (Hr := rho_nonneg (9 / 10) (999 / 1000) n).
    generalize dependent (rho (9 / 10) (999 / 1000) n). generalize dependent ((30 / 37) ^ n).
    generalize dependent ((999 / 1000) ^ n). generalize dependent ((9 / 10) ^ n).
    intros x H1 H0 y Hy z Hz p E Hp. clear - Hb Hb2 H1 H0 Hy Hz E Hp.
    assert (Hx2 : (1 - x) ^ 2 < 1) by nra.
    assert (Hyz : (1893 / 10000) * (9999 / 10000) <= (1 - y) * (1 - z))
      by (apply Rmult_le_compat; lra).
    assert (Hp2 : 10 < p ^ 2) by nra. nra.
Qed.

(** C04. New: at the defaults the limit of rho_t, the radius of the trust region in units of alpha,
    is 7.27029..., and not 1. *)
Theorem rho_limit_at_the_defaults :
  exists l, Un_cv (rho (9 / 10) (999 / 1000)) l /\ 727029 / 100000 < l < 727030 / 100000.
Proof.
  assert (H := rho_limit (9 / 10) (999 / 1000) ltac:(lra) ltac:(lra)). cbv zeta in H.
  replace ((1 - 999 / 1000) * (1 - (9 / 10) ^ 2 / (999 / 1000))) with (7 / 37000) in H by field.
  exists ((1 - 9 / 10) / sqrt (7 / 37000)). split; [apply H; lra|].
  assert (Hs : 0 < sqrt (7 / 37000)) by (apply sqrt_lt_R0; lra).
  assert (Hss := sqrt_sqrt (7 / 37000) ltac:(lra)).
  set (s := sqrt (7 / 37000)) in *. clearbody s.
  split; apply Rmult_lt_reg_r with (1 := Hs).
  - replace ((1 - 9 / 10) / s * s) with (1 / 10) by (field; lra).
    apply Rsqr_incrst_0; unfold Rsqr; lra.
  - replace ((1 - 9 / 10) / s * s) with (1 / 10) by (field; lra).
    apply Rsqr_incrst_0; unfold Rsqr; lra.
Qed.
