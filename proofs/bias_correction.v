(** Section 3: the bias that starting at zero causes, and its correction.

    The running averages unrolled, what they estimate, how far a drifting second moment leads them
    astray, what a missing correction does to a step, and the divisor that a decaying beta1 needs. *)
From Coq Require Import Reals Lra Lia Psatz FunctionalExtensionality.
From Adamlab Require Import sums setting rules.
Open Scope R_scope.

(** ** The runs *)

(** Algorithm 1 with step sizes alpha 1, alpha 2, ..., without a projection; and without the two
    corrections. *)
Definition adam_run (alpha : nat -> R) (beta1 beta2 eps theta0 : R) (g : nat -> R) (t : nat) :=
  run (fun t => adam (alpha t) beta1 beta2 eps t) free theta0 (0, 0) g t.

Definition uncorrected_run (alpha : nat -> R) (beta1 beta2 eps theta0 : R) (g : nat -> R)
    (t : nat) :=
  run (fun t => adam_uncorrected (alpha t) beta1 beta2 eps t) free theta0 (0, 0) g t.

(** The step of round t, theta_t - theta_(t-1). *)
Definition delta {State} (r : nat -> R * R * State) (t : nat) : R :=
  point (r t) - point (r (t - 1)%nat).

(** The average (1 - beta) sum_(i <= t) beta^(t-i) a_i of equation (1). *)
Definition average (beta : R) (a : nat -> R) (t : nat) : R :=
  (1 - beta) * (\sum_(i <= t) beta ^ (t - i) * a i).

Lemma average_S beta a t : average beta a (S t) = beta * average beta a t + (1 - beta) * a (S t).
Proof.
  unfold average. rewrite sum_S, Nat.sub_diag.
  rewrite (sum_ext _ (fun i => beta * (beta ^ (t - i) * a i))).
  - rewrite sum_scale. simpl. ring.
  - intros i Hi. replace (S t - i)%nat with (S (t - i)) by lia. simpl. ring.
Qed.

(** ** Equation (1) *)

(** C12. Equation (1), holds: v_t = (1 - beta2) sum_(i <= t) beta2^(t-i) g_i^2, and m_t likewise
    with beta1 and g_i, for all gradients and all hyper-parameters, whatever is done to the points. *)
Theorem adam_averages : forall alpha beta1 beta2 eps project theta0 g t,
  state (run (fun t => adam (alpha t) beta1 beta2 eps t) project theta0 (0, 0) g t)
  = ((1 - beta1) * (\sum_(i <= t) beta1 ^ (t - i) * g i),
     (1 - beta2) * (\sum_(i <= t) beta2 ^ (t - i) * g i ^ 2)).
Proof.
  intros alpha beta1 beta2 eps project theta0 g t.
  change (state (run (fun t => adam (alpha t) beta1 beta2 eps t) project theta0 (0, 0) g t)
          = (average beta1 g t, average beta2 (fun i => g i ^ 2) t)).
  induction t as [|t IH]; [unfold state, average; simpl; f_equal; ring|].
  rewrite run_S. cbv zeta. unfold state at 1. cbn [snd]. rewrite IH, !average_S.
  unfold adam, state; simpl. f_equal; ring.
Qed.

(** C12. The same without the corrections. *)
Theorem uncorrected_averages : forall alpha beta1 beta2 eps project theta0 g t,
  state (run (fun t => adam_uncorrected (alpha t) beta1 beta2 eps t) project theta0 (0, 0) g t)
  = ((1 - beta1) * (\sum_(i <= t) beta1 ^ (t - i) * g i),
     (1 - beta2) * (\sum_(i <= t) beta2 ^ (t - i) * g i ^ 2)).
Proof.
  intros alpha beta1 beta2 eps project theta0 g t.
  change (state (run (fun t => adam_uncorrected (alpha t) beta1 beta2 eps t) project theta0
                   (0, 0) g t)
          = (average beta1 g t, average beta2 (fun i => g i ^ 2) t)).
  induction t as [|t IH]; [unfold state, average; simpl; f_equal; ring|].
  rewrite run_S. cbv zeta. unfold state at 1. cbn [snd]. rewrite IH, !average_S.
  unfold adam_uncorrected, state; simpl. f_equal; ring.
Qed.

(** C12. The weights (1 - beta) beta^(t-i) are non-negative and sum to 1 - beta^t: "we divide by
    this term". *)
Theorem average_weights : forall beta t, 0 <= beta < 1 ->
  (forall i, 0 <= (1 - beta) * beta ^ (t - i)) /\
  \sum_(i <= t) (1 - beta) * beta ^ (t - i) = 1 - beta ^ t.
Proof.
  intros beta t Hb. split.
  - intros i. apply Rmult_le_pos; [lra | apply pow_le; lra].
  - rewrite sum_scale. apply geometric_weights.
Qed.

(** ** What a missing correction does to a step *)

(** The steps in terms of the averages. *)
Lemma adam_delta alpha beta1 beta2 eps theta0 g t : (1 <= t)%nat ->
  delta (adam_run alpha beta1 beta2 eps theta0 g) t
  = - (alpha t * ratio (average beta1 g t / (1 - beta1 ^ t))
         (sqrt (average beta2 (fun i => g i ^ 2) t / (1 - beta2 ^ t)) + eps)).
Proof.
  intros Ht. destruct t as [|t]; [lia|]. unfold delta, adam_run.
  replace (S t - 1)%nat with t by lia. rewrite run_S. cbv zeta.
  rewrite adam_averages, !average_S. unfold adam, point, free; cbn [fst snd].
  fold (average beta1 g t). fold (average beta2 (fun i => g i ^ 2) t).
  replace (g (S t) ^ 2) with (g (S t) * g (S t)) by ring. ring.
Qed.

Lemma uncorrected_delta alpha beta1 beta2 eps theta0 g t : (1 <= t)%nat ->
  delta (uncorrected_run alpha beta1 beta2 eps theta0 g) t
  = - (alpha t * ratio (average beta1 g t) (sqrt (average beta2 (fun i => g i ^ 2) t) + eps)).
Proof.
  intros Ht. destruct t as [|t]; [lia|]. unfold delta, uncorrected_run.
  replace (S t - 1)%nat with t by lia. rewrite run_S. cbv zeta.
  rewrite uncorrected_averages, !average_S. unfold adam_uncorrected, point, free; cbn [fst snd].
  fold (average beta1 g t). fold (average beta2 (fun i => g i ^ 2) t).
  replace (g (S t) ^ 2) with (g (S t) * g (S t)) by ring. ring.
Qed.

Lemma average_squares_nonneg beta g t : 0 <= beta < 1 -> 0 <= average beta (fun i => g i ^ 2) t.
Proof.
  intros Hb. apply Rmult_le_pos; [lra|]. apply sum_nonneg; intros i _.
  apply Rmult_le_pos; [apply pow_le; lra | apply pow2_ge_0].
Qed.

(** v_t = 0 only if all gradients so far were 0, and then m_t = 0. *)
Lemma average_squares_zero beta1 beta2 g t : 0 < beta2 < 1 ->
  average beta2 (fun i => g i ^ 2) t = 0 -> average beta1 g t = 0.
Proof.
  intros Hb Hv. unfold average.
  rewrite (sum_ext _ (fun _ => 0)); [rewrite sum_zero; ring|].
  intros i Hi. enough (g i = 0) as -> by ring.
  assert (Hpow : 0 < beta2 ^ (t - i)) by (apply pow_lt; lra).
  assert (Hterm : beta2 ^ (t - i) * g i ^ 2 <= 0).
  { apply Rmult_integral in Hv. destruct Hv as [|Hv]; [lra|]. rewrite <- Hv.
    apply (sum_term_le (fun i => beta2 ^ (t - i) * g i ^ 2)); [|assumption].
    intros k _. apply Rmult_le_pos; [apply pow_le; lra | apply pow2_ge_0]. }
  assert (Hsq : g i * g i = 0) by (assert (0 <= g i ^ 2) by apply pow2_ge_0; simpl in *; nra).
  apply Rmult_integral in Hsq. tauto.
Qed.

(** The factor F_t. *)
Definition factor (beta1 beta2 : R) (t : nat) : R := (1 - beta1 ^ t) / sqrt (1 - beta2 ^ t).

(** C16. New, holds: with eps = 0 the step without correction is F_t times the step with it, for
    every gradient sequence and every t. (beta2 = 0 is left out: there v_t = 0 with m_t <> 0 can
    occur, a division by zero in both rules.) *)
Theorem one_factor : forall alpha beta1 beta2 theta0 g t,
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  delta (uncorrected_run alpha beta1 beta2 0 theta0 g) t
  = (1 - beta1 ^ t) / sqrt (1 - beta2 ^ t) * delta (adam_run alpha beta1 beta2 0 theta0 g) t.
Proof.
  intros alpha beta1 beta2 theta0 g t H1 H2 Ht.
  rewrite adam_delta, uncorrected_delta, !Rplus_0_r by assumption.
  assert (HD1 : beta1 ^ t < 1) by (apply pow_lt_1; assumption).
  assert (HD2 : beta2 ^ t < 1) by (apply pow_lt_1; [lra | assumption]).
  rewrite sqrt_div_alt by lra.
  destruct (Req_dec (average beta2 (fun i => g i ^ 2) t) 0) as [Hv|Hv].
  - rewrite (average_squares_zero beta1 beta2 g t H2 Hv). unfold ratio, Rdiv. ring.
  - assert (Hv0 : 0 <= average beta2 (fun i => g i ^ 2) t)
      by (apply average_squares_nonneg; lra).
    assert (0 < sqrt (average beta2 (fun i => g i ^ 2) t)) by (apply sqrt_lt_R0; lra).
    assert (0 < sqrt (1 - beta2 ^ t)) by (apply sqrt_lt_R0; lra).
    unfold ratio. field. lra.
Qed.

(** Bernoulli's inequality. *)
Lemma bernoulli x n : -1 <= x -> 1 + INR n * x <= (1 + x) ^ n.
Proof.
  intros Hx. induction n as [|n IH]; [simpl; lra|]. rewrite S_INR. simpl.
  assert (Hn := pos_INR n).
  assert ((1 + x) * (1 + INR n * x) <= (1 + x) * (1 + x) ^ n)
    by (apply Rmult_le_compat_l; lra).
  assert (0 <= INR n * (x * x)) by (apply Rmult_le_pos; [|nra]; assumption).
  lra.
Qed.

Lemma factor_ge_1_iff beta1 beta2 t : 0 <= beta1 < 1 -> 0 <= beta2 < 1 -> (1 <= t)%nat ->
  1 <= factor beta1 beta2 t <-> 1 - beta2 ^ t <= (1 - beta1 ^ t) ^ 2.
Proof.
  intros H1 H2 Ht. unfold factor.
  assert (HD1 := pow_lt_1 beta1 t H1 Ht). assert (HD2 := pow_lt_1 beta2 t H2 Ht).
  assert (Hs : 0 < sqrt (1 - beta2 ^ t)) by (apply sqrt_lt_R0; lra).
  assert (Hq : sqrt (1 - beta2 ^ t) * sqrt (1 - beta2 ^ t) = 1 - beta2 ^ t)
    by (apply sqrt_sqrt; lra).
  set (s := sqrt (1 - beta2 ^ t)) in *. set (D := 1 - beta1 ^ t) in *.
  assert (HF : D / s * s = D) by (field; lra).
  assert (HD : 0 < D) by (unfold D; lra).
  split; intros H.
  - assert (s <= D) by nra. nra.
  - assert (s <= D) by nra. apply Rmult_le_reg_r with s; lra.
Qed.

(** F_t >= 1 for all t if it holds at t = 1: with x = 1 - beta1, this is
    (1 + x)^t + (1 - x)^t >= 2. *)
Lemma factor_ge_1 beta1 beta2 t : 0 <= beta1 < 1 -> 0 <= beta2 < 1 -> (1 <= t)%nat ->
  sqrt (1 - beta2) <= 1 - beta1 -> 1 <= factor beta1 beta2 t.
Proof.
  intros H1 H2 Ht H. apply factor_ge_1_iff; try assumption.
  assert (Hb : beta1 * (2 - beta1) <= beta2).
  { assert (Hq := sqrt_sqrt (1 - beta2) ltac:(lra)). assert (Hp := sqrt_pos (1 - beta2)). nra. }
  assert (Hpow : beta1 ^ t * (2 - beta1) ^ t <= beta2 ^ t).
  { rewrite <- Rpow_mult_distr. apply pow_incr. nra. }
  assert (B1 := bernoulli (1 - beta1) t ltac:(lra)).
  assert (B2 := bernoulli (- (1 - beta1)) t ltac:(lra)).
  replace (1 + (1 - beta1)) with (2 - beta1) in B1 by ring.
  replace (1 + - (1 - beta1)) with beta1 in B2 by ring.
  assert (Hp : 0 <= beta1 ^ t) by (apply pow_le; lra).
  assert (beta1 ^ t * (2 - beta1 ^ t) <= beta1 ^ t * (2 - beta1) ^ t)
    by (apply Rmult_le_compat_l; lra).
  lra.
Qed.

(** C17. Without correction "initial steps that are much larger": no step is shorter without the
    correction, for all gradients and rounds, if and only if 1 - beta1 >= sqrt(1 - beta2); holds
    under this condition only. *)
Theorem no_step_is_shorter : forall alpha beta1 beta2 theta0,
  (forall t, 0 < alpha t) -> 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  (forall g t, (1 <= t)%nat ->
     Rabs (delta (adam_run alpha beta1 beta2 0 theta0 g) t)
     <= Rabs (delta (uncorrected_run alpha beta1 beta2 0 theta0 g) t))
  <-> sqrt (1 - beta2) <= 1 - beta1.
Proof.
  intros alpha beta1 beta2 theta0 Ha H1 H2.
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  split.
  - (* The first step, with a gradient 1. *)
    intros H. specialize (H (fun _ => 1) 1%nat ltac:(lia)).
    rewrite one_factor, Rabs_mult, !pow_1 in H by (assumption || lia).
    assert (Hstep : delta (adam_run alpha beta1 beta2 0 theta0 (fun _ => 1)) 1 = - alpha 1%nat).
    { rewrite adam_delta by lia. unfold average; simpl.
      replace ((1 - beta2) * (0 + 1 * (1 * (1 * 1))) / (1 - beta2 * 1)) with 1 by (field; lra).
      rewrite sqrt_1. unfold ratio. field. lra. }
    rewrite Hstep, Rabs_Ropp, (Rabs_pos_eq (alpha 1%nat)) in H by (left; apply Ha).
    specialize (Ha 1%nat).
    rewrite Rabs_pos_eq in H by (apply Rlt_le, Rdiv_lt_0_compat; lra).
    assert (HF : (1 - beta1) / sqrt (1 - beta2) * sqrt (1 - beta2) = 1 - beta1) by (field; lra).
    set (F := (1 - beta1) / sqrt (1 - beta2)) in *.
    assert (1 <= F) by nra. nra.
  - intros H g t Ht. rewrite one_factor, Rabs_mult by assumption.
    assert (HF := factor_ge_1 beta1 beta2 t H1 ltac:(lra) Ht H). unfold factor in HF.
    rewrite (Rabs_pos_eq ((1 - beta1 ^ t) / _)) by lra.
    assert (Hp := Rabs_pos (delta (adam_run alpha beta1 beta2 0 theta0 g) t)). nra.
Qed.

(** C17. The same of F_t alone, beta2 = 0 included. *)
Theorem factor_ge_1_for_all_t : forall beta1 beta2, 0 <= beta1 < 1 -> 0 <= beta2 < 1 ->
  (forall t, (1 <= t)%nat -> 1 <= factor beta1 beta2 t) <-> sqrt (1 - beta2) <= 1 - beta1.
Proof.
  intros beta1 beta2 H1 H2. split.
  - intros H. specialize (H 1%nat ltac:(lia)). unfold factor in H. rewrite !pow_1 in H.
    assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
    assert (HF : (1 - beta1) / sqrt (1 - beta2) * sqrt (1 - beta2) = 1 - beta1) by (field; lra).
    set (F := (1 - beta1) / sqrt (1 - beta2)) in *. nra.
  - intros H t Ht. apply factor_ge_1; assumption.
Qed.
