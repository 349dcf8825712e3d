(** Sections 5 and 7.2: Adam's relatives, and the averaging of its iterates.

    AdaGrad is a limit of Adam, and the correction is what makes the limit; RMSProp is Adam
    without momentum and without correction; the corrected average of the iterates is a weighted
    mean. *)
From Coq Require Import Reals Lra Lia Psatz FunctionalExtensionality.
From Adamlab Require Import sums setting rules bias_correction.
Open Scope R_scope.

(** ** Limits as beta2 tends to 1 from below *)

(** f beta2 tends to l as beta2 < 1 tends to 1. *)
Definition tends_as_beta2_to_1 (f : R -> R) (l : R) : Prop :=
  forall e, 0 < e -> exists d, 0 < d <= 1 /\
    forall beta2, 1 - d < beta2 < 1 -> Rabs (f beta2 - l) < e.

(** A function that is continuous at 1 tends to its value there. *)
Lemma tends_continuous f h l : continuity_pt h 1 -> h 1 = l ->
  (forall beta2, 0 < beta2 < 1 -> f beta2 = h beta2) -> tends_as_beta2_to_1 f l.
Proof.
  intros Hc Hl Hf e He. destruct (Hc e He) as [d [Hd H]].
  exists (Rmin d 1). assert (Hd1 := Rmin_l d 1). assert (Hd2 := Rmin_r d 1).
  split; [split; [apply Rmin_glb_lt; lra | lra]|].
  intros b Hb. rewrite Hf, <- Hl by lra.
  apply (H b). simpl. unfold D_x, no_cond, R_dist. repeat split; [lra|].
  rewrite Rabs_left; lra.
Qed.

Lemma tends_plus f1 f2 l1 l2 :
  tends_as_beta2_to_1 f1 l1 -> tends_as_beta2_to_1 f2 l2 ->
  tends_as_beta2_to_1 (fun b => f1 b + f2 b) (l1 + l2).
Proof.
  intros H1 H2 e He. destruct (H1 (e / 2) ltac:(lra)) as [d1 [Hd1 K1]].
  destruct (H2 (e / 2) ltac:(lra)) as [d2 [Hd2 K2]].
  exists (Rmin d1 d2). assert (R1 := Rmin_l d1 d2). assert (R2 := Rmin_r d1 d2).
  split; [split; [apply Rmin_glb_lt; lra | lra]|]. intros b Hb.
  specialize (K1 b ltac:(lra)). specialize (K2 b ltac:(lra)).
  replace (f1 b + f2 b - (l1 + l2)) with ((f1 b - l1) + (f2 b - l2)) by ring.
  eapply Rle_lt_trans; [apply Rabs_triang | lra].
Qed.

Lemma continuity_sum (f : nat -> R -> R) n x :
  (forall i, continuity_pt (f i) x) -> continuity_pt (fun b => \sum_(i <= n) f i b) x.
Proof.
  intros H. induction n as [|n IH]; simpl.
  - apply continuity_pt_const. intros a b. reflexivity.
  - apply (continuity_pt_plus (fun b => \sum_(i <= n) f i b) (f (S n))); auto.
Qed.

(** The corrected average as a quotient that is continuous at beta = 1. *)
Definition quotient (a : nat -> R) (t : nat) (beta : R) : R :=
  (\sum_(i <= t) beta ^ (t - i) * a i) / (\sum_(i <= t) beta ^ (t - i)).

Lemma corrected_average_quotient beta a t : 0 <= beta < 1 -> (1 <= t)%nat ->
  average beta a t / (1 - beta ^ t) = quotient a t beta.
Proof.
  intros Hb Ht. assert (HD := pow_lt_1 beta t Hb Ht).
  assert (HW := geometric_weights beta t). unfold average, quotient. rewrite <- HW.
  field. split; [|lra]. intros H0. rewrite H0, Rmult_0_r in HW. lra.
Qed.

Lemma weights_at_1 t : \sum_(i <= t) 1 ^ (t - i) = INR t.
Proof.
  rewrite (sum_ext _ (fun _ => 1)); [rewrite sum_const; ring | intros; apply pow1].
Qed.

Lemma quotient_at_1 a t : quotient a t 1 = sum a t / INR t.
Proof.
  unfold quotient. rewrite weights_at_1. f_equal.
  apply sum_ext; intros. rewrite pow1. ring.
Qed.

Lemma quotient_continuous a t : (1 <= t)%nat -> continuity_pt (quotient a t) 1.
Proof.
  intros Ht. assert (HI := INR_pos t Ht). apply continuity_pt_div.
  - apply (continuity_sum (fun i b => b ^ (t - i) * a i)). intros i. reg.
  - apply (continuity_sum (fun i b => b ^ (t - i))). intros i. reg.
  - rewrite weights_at_1. lra.
Qed.

(** ** AdaGrad *)

(** C40. "lim_(beta2 -> 1) v-hat_t = t^(-1) sum_(i <= t) g_i^2", for every t >= 1 and all
    gradients; holds. *)
Theorem v_hat_tends_to_the_mean : forall alpha beta1 eps theta0 g t, (1 <= t)%nat ->
  tends_as_beta2_to_1
    (fun beta2 => snd (state (adam_run alpha beta1 beta2 eps theta0 g t)) / (1 - beta2 ^ t))
    (1 / INR t * (\sum_(i <= t) g i ^ 2)).
Proof.
  intros alpha beta1 eps theta0 g t Ht.
  apply tends_continuous with (h := quotient (fun i => g i ^ 2) t).
  - apply quotient_continuous. assumption.
  - rewrite quotient_at_1. unfold Rdiv. ring.
  - intros b Hb. unfold adam_run. rewrite adam_averages. cbn [snd].
    apply (corrected_average_quotient b (fun i => g i ^ 2)); [lra | assumption].
Qed.

(** With beta1 = 0 the average of the gradients is the last one. *)
Lemma average_0 a t : (1 <= t)%nat -> average 0 a t = a t.
Proof. intros Ht. destruct t as [|t]; [lia|]. rewrite average_S. ring. Qed.

Definition adagrad_run (alpha theta0 : R) (g : nat -> R) (t : nat) :=
  run (adagrad alpha) free theta0 0 g t.

Lemma adagrad_state alpha theta0 g t : state (adagrad_run alpha theta0 g t) = \sum_(i <= t) g i ^ 2.
Proof.
  unfold adagrad_run. induction t as [|t IH]; [reflexivity|].
  rewrite run_S. cbv zeta. unfold state at 1. cbn [snd]. rewrite IH. unfold adagrad, state; simpl.
  ring.
Qed.

Lemma adagrad_delta alpha theta0 g t : (1 <= t)%nat ->
  delta (adagrad_run alpha theta0 g) t = - (alpha * ratio (g t) (sqrt (\sum_(i <= t) g i ^ 2))).
Proof.
  intros Ht. destruct t as [|t]; [lia|]. unfold delta, adagrad_run.
  replace (S t - 1)%nat with t by lia. rewrite run_S. cbv zeta.
  fold (adagrad_run alpha theta0 g t). rewrite adagrad_state. unfold adagrad, point, free; simpl.
  rewrite Rmult_1_r. ring.
Qed.

(** C40. "AdaGrad corresponds to a version of Adam with beta1 = 0, infinitesimal (1 - beta2) and a
    replacement of alpha by an annealed version alpha_t = alpha t^(-1/2)": with eps = 0 every step
    tends to AdaGrad's, alpha g_t / sqrt(sum_(i <= t) g_i^2), for all gradients; holds. (Gradients
    that are all 0 so far make both steps 0, by 0/0 := 0.) *)
Theorem adam_step_tends_to_adagrad : forall alpha theta0 g t, (1 <= t)%nat ->
  tends_as_beta2_to_1
    (fun beta2 => delta (adam_run (fun t => alpha / sqrt (INR t)) 0 beta2 0 theta0 g) t)
    (- (alpha * ratio (g t) (sqrt (\sum_(i <= t) g i ^ 2)))).
Proof.
  intros alpha theta0 g t Ht. assert (HI := INR_pos t Ht).
  set (S := \sum_(i <= t) g i ^ 2).
  assert (HS : 0 <= S) by (apply sum_nonneg; intros; apply pow2_ge_0).
  assert (Hs : 0 < sqrt (INR t)) by (apply sqrt_lt_R0; assumption).
  assert (Hstep : forall b, 0 < b < 1 ->
    delta (adam_run (fun t => alpha / sqrt (INR t)) 0 b 0 theta0 g) t
    = - (alpha / sqrt (INR t) * (g t / sqrt (quotient (fun i => g i ^ 2) t b)))).
  { intros b Hb. rewrite adam_delta, Rplus_0_r, average_0, corrected_average_quotient
      by (assumption || lra).
    rewrite pow_ne_zero, Rminus_0_r by lia. unfold ratio. do 3 f_equal. field. }
  destruct (Req_dec S 0) as [H0|H0].
  - assert (Hg : g t = 0) by (apply (sum_squares_zero g t); [exact H0 | lia]).
    apply tends_continuous with (h := fun _ => 0).
    + apply continuity_pt_const. intros a b. reflexivity.
    + rewrite Hg. unfold ratio, Rdiv. ring.
    + intros b Hb. rewrite Hstep, Hg by assumption. unfold Rdiv. ring.
  - assert (Hq : quotient (fun i => g i ^ 2) t 1 = S / INR t) by apply quotient_at_1.
    assert (HSt : 0 < S / INR t) by (apply Rdiv_lt_0_compat; lra).
    assert (HsS : 0 < sqrt S) by (apply sqrt_lt_R0; lra).
    apply tends_continuous with
      (h := fun b => - (alpha / sqrt (INR t) * (g t / sqrt (quotient (fun i => g i ^ 2) t b)))).
    + apply continuity_pt_opp, continuity_pt_mult.
      { apply continuity_pt_const. intros a b. reflexivity. }
      apply continuity_pt_div.
      * apply continuity_pt_const. intros a b. reflexivity.
      * apply (continuity_pt_comp (quotient (fun i => g i ^ 2) t) sqrt).
        -- apply quotient_continuous. assumption.
        -- rewrite Hq. apply continuity_pt_sqrt. lra.
      * rewrite Hq. apply Rgt_not_eq, sqrt_lt_R0. assumption.
    + rewrite Hq, sqrt_div_alt by assumption. unfold ratio. field. lra.
    + intros b Hb. apply Hstep. assumption.
Qed.

(** C40. So do the points, for every t. *)
Theorem adam_tends_to_adagrad : forall alpha theta0 g t,
  tends_as_beta2_to_1
    (fun beta2 => point (adam_run (fun t => alpha / sqrt (INR t)) 0 beta2 0 theta0 g t))
    (point (run (adagrad alpha) free theta0 0 g t)).
Proof.
  intros alpha theta0 g t. fold (adagrad_run alpha theta0 g t). induction t as [|t IH].
  - intros e He. exists 1. split; [lra|]. intros b _. unfold point; simpl.
    rewrite Rminus_diag_eq, Rabs_R0 by reflexivity. assumption.
  - (* The point after t + 1 rounds is the one after t rounds, and the step. *)
    assert (Hpoint : forall State (r : nat -> R * R * State),
      point (r (S t)) = point (r t) + delta r (S t)).
    { intros State r. unfold delta. replace (S t - 1)%nat with t by lia. ring. }
    rewrite Hpoint, adagrad_delta by lia.
    assert (Hstep := adam_step_tends_to_adagrad alpha theta0 g (S t) ltac:(lia)).
    assert (H := tends_plus _ _ _ _ IH Hstep).
    intros e He. destruct (H e He) as [d [Hd K]]. exists d. split; [exact Hd|].
    intros b Hb. rewrite Hpoint. apply K. exact Hb.
Qed.

(** ** The average of the iterates *)

(** The point after t rounds, and the average theta-bar_t that is kept with it. (The points are
    those of SGD, since some rule has to make them; they may be any points: any_points.) *)
Definition averaged_run (alpha : nat -> R) (beta theta0 : R) (g : nat -> R) (t : nat) :=
  run (fun t => averaged_sgd (alpha t) beta t) free theta0 0 g t.

(** "theta-bar_t <- beta2 theta-bar_(t-1) + (1 - beta2) theta_t, with theta-bar_0 = 0" is
    (1 - beta2) sum_(i <= t) beta2^(t-i) theta_i; the beta2 of the paper is called beta here. *)
Theorem averaged_iterates : forall alpha beta theta0 g t,
  let theta i := point (averaged_run alpha beta theta0 g i) in
  state (averaged_run alpha beta theta0 g t)
  = (1 - beta) * (\sum_(i <= t) beta ^ (t - i) * theta i).
Proof.
  intros alpha beta theta0 g t theta. fold (average beta theta t).
  induction t as [|t IH]; [unfold average, state; simpl; ring|].
  rewrite average_S, <- IH. unfold theta, averaged_run. rewrite run_S. reflexivity.
Qed.

(** The corrected average theta-hat_t = theta-bar_t / (1 - beta^t). *)
Definition averaged_point (alpha : nat -> R) (beta theta0 : R) (g : nat -> R) (t : nat) : R :=
  state (averaged_run alpha beta theta0 g t) / (1 - beta ^ t).

(** C46. "Initialization bias can again be corrected by the estimator theta-hat_t", holds: it is a
    weighted mean of the iterates; its weights are non-negative and sum to 1. *)
Theorem averaged_point_is_a_weighted_mean : forall alpha beta theta0 g t,
  0 <= beta < 1 -> (1 <= t)%nat ->
  let theta i := point (averaged_run alpha beta theta0 g i) in
  let w i := (1 - beta) * beta ^ (t - i) / (1 - beta ^ t) in
  averaged_point alpha beta theta0 g t = \sum_(i <= t) w i * theta i /\
  (forall i, 0 <= w i) /\ sum w t = 1.
Proof.
  intros alpha beta theta0 g t Hb Ht theta w. assert (HD := pow_lt_1 beta t Hb Ht).
  destruct (average_weights beta t Hb) as [Hw Hsum]. repeat split.
  - unfold averaged_point. rewrite averaged_iterates.
    rewrite <- sum_scale, <- sum_div. apply sum_ext; intros. unfold w, theta, Rdiv. ring.
  - intros i. apply Rmult_le_pos; [apply Hw | left; apply Rinv_0_lt_compat; lra].
  - unfold w. rewrite sum_div, Hsum. field. lra.
Qed.

(** C46. So it lies between any bounds of the iterates; of equal iterates it is exactly their
    value. *)
Theorem averaged_point_between : forall alpha beta theta0 g t low high,
  0 <= beta < 1 -> (1 <= t)%nat ->
  (forall i, (1 <= i <= t)%nat -> low <= point (averaged_run alpha beta theta0 g i) <= high) ->
  low <= averaged_point alpha beta theta0 g t <= high.
Proof.
  intros alpha beta theta0 g t low high Hb Ht Hi.
  destruct (averaged_point_is_a_weighted_mean alpha beta theta0 g t Hb Ht) as [-> [Hw H1]].
  set (w i := (1 - beta) * beta ^ (t - i) / (1 - beta ^ t)) in *.
  set (theta i := point (averaged_run alpha beta theta0 g i)) in *.
  replace low with (\sum_(i <= t) w i * low) by (rewrite sum_scale_r, H1; ring).
  replace high with (\sum_(i <= t) w i * high) by (rewrite sum_scale_r, H1; ring).
  split; apply sum_le; intros i Hit; apply Rmult_le_compat_l; try apply Hw; apply Hi; assumption.
Qed.

(** C46. So it is unbiased: if the iterates have equal means, so has theta-hat_t. The gradients,
    and with them the iterates, are random, and may depend on each other in any way. *)
Theorem averaged_point_is_unbiased : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta theta0 mu t,
  0 <= beta < 1 -> (1 <= t)%nat ->
  let theta i w := point (averaged_run alpha beta theta0 (fun k => g k w) i) in
  (forall i, (1 <= i)%nat -> integrable E (theta i)) ->
  (forall i, (1 <= i)%nat -> E (theta i) = mu) ->
  E (fun w => averaged_point alpha beta theta0 (fun k => g k w) t) = mu.
Proof.
  intros Omega E g alpha beta theta0 mu t Hb Ht theta Hi Hmu.
  assert (HD := pow_lt_1 beta t Hb Ht).
  rewrite <- (mean_sum_equal E (fun i => (1 - beta) * beta ^ (t - i)) theta mu t (1 - beta ^ t));
    try assumption; [|apply average_weights; assumption | lra].
  f_equal. apply functional_extensionality; intros w.
  unfold averaged_point. rewrite averaged_iterates.
  rewrite <- (average_sum beta (fun i => theta i w)). reflexivity.
Qed.

(** C46. And of uncorrelated iterates of equal mean mu and variance s it has the variance s times
    (1 - beta) (1 + beta^t) / ((1 + beta) (1 - beta^t)). (The equation holds of the deviations from
    any mu; that mu is the mean makes them variances.) *)
Theorem averaged_point_variance : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta theta0 mu s t,
  0 <= beta < 1 -> (1 <= t)%nat ->
  let dev i w := point (averaged_run alpha beta theta0 (fun k => g k w) i) - mu in
  (forall i j, (1 <= i)%nat -> (1 <= j)%nat -> integrable E (fun w => dev i w * dev j w)) ->
  (forall i j, (1 <= i < j)%nat -> E (fun w => dev i w * dev j w) = 0) ->
  (forall i, (1 <= i)%nat -> E (fun w => dev i w * dev i w) = s) ->
  E (fun w => (averaged_point alpha beta theta0 (fun k => g k w) t - mu) ^ 2)
  = s * ((1 - beta) * (1 + beta ^ t) / ((1 + beta) * (1 - beta ^ t))).
Proof.
  intros Omega E g alpha beta theta0 mu s t Hb Ht dev HI H0 Hs.
  rewrite <- (variance_of_average E
    (fun i w => point (averaged_run alpha beta theta0 (fun k => g k w) i)) beta mu s t Hb Ht
    HI H0 Hs).
  f_equal. apply functional_extensionality; intros w.
  unfold averaged_point. rewrite averaged_iterates. reflexivity.
Qed.

(** C46. The points that are averaged may be those of any rule, as of Algorithms 1 and 2: any
    theta_0, theta_1, ... are the points of SGD with alpha = 1 on the gradients
    theta_(t-1) - theta_t. *)
Theorem any_points : forall beta (theta : nat -> R) t,
  point (averaged_run (fun _ => 1) beta (theta 0%nat) (fun i => theta (i - 1)%nat - theta i) t)
  = theta t.
Proof.
  intros beta theta t. unfold averaged_run. induction t as [|t IH]; [reflexivity|].
  rewrite run_S. cbv zeta. rewrite IH. unfold averaged_sgd, point, free; cbn [fst snd].
  replace (S t - 1)%nat with t by lia. ring.
Qed.

(** C56. The average leaves the points as they are, those of SGD; "giving higher weight to more
    recent parameter values", as each weight is beta < 1 times the next; and as beta tends to 1 it
    tends to Polyak and Ruppert's mean (1/t) sum_(i <= t) theta_i. *)
Theorem average_against_plain_mean : forall alpha theta0 g t, (1 <= t)%nat ->
  let theta i := point (run (fun t => sgd (alpha t) t) free theta0 tt g i) in
  (forall beta i, point (averaged_run alpha beta theta0 g i) = theta i) /\
  (forall beta, 0 <= beta < 1 ->
     let w i := (1 - beta) * beta ^ (t - i) / (1 - beta ^ t) in
     averaged_point alpha beta theta0 g t = \sum_(i <= t) w i * theta i /\
     forall i, (1 <= i < t)%nat -> w i = beta * w (i + 1)%nat) /\
  tends_as_beta2_to_1 (fun beta => averaged_point alpha beta theta0 g t)
    (1 / INR t * (\sum_(i <= t) theta i)).
Proof.
  intros alpha theta0 g t Ht theta.
  assert (Hpoint : forall beta i, point (averaged_run alpha beta theta0 g i) = theta i).
  { intros beta i. unfold theta, averaged_run.
    induction i as [|i IH]; [reflexivity|]. rewrite !run_S. cbv zeta. rewrite IH. reflexivity. }
  split; [exact Hpoint|]. split.
  - intros beta Hb w. split.
    + rewrite (proj1 (averaged_point_is_a_weighted_mean alpha beta theta0 g t Hb Ht)).
      apply sum_ext; intros i _. rewrite Hpoint. reflexivity.
    + intros i Hi. unfold w. replace (t - i)%nat with (S (t - (i + 1))) by lia.
      rewrite <- tech_pow_Rmult. unfold Rdiv. ring.
  - apply tends_continuous with (h := quotient theta t).
    + apply quotient_continuous. assumption.
    + rewrite quotient_at_1. change (sum theta t / INR t = 1 / INR t * sum theta t).
      unfold Rdiv. ring.
    + intros beta Hb. unfold averaged_point. rewrite averaged_iterates.
      rewrite (sum_ext _ (fun i => beta ^ (t - i) * theta i))
        by (intros i _; rewrite Hpoint; reflexivity).
      apply corrected_average_quotient; [lra | assumption].
Qed.

(** ** Without the correction there is no such limit *)

(** C41. "Without bias correction ... infinitely large parameter updates": without the correction
    the step of round t exceeds every bound K as beta2 tends to 1, whenever m_t <> 0. (Where
    m_t = 0 there is no step.) Of the updates it holds. *)
Theorem uncorrected_steps_are_unbounded : forall alpha beta1 theta0 g t K,
  0 < alpha t -> (1 <= t)%nat -> (1 - beta1) * (\sum_(i <= t) beta1 ^ (t - i) * g i) <> 0 ->
  exists d, 0 < d <= 1 /\ forall beta2, 1 - d < beta2 < 1 ->
    K < Rabs (delta (uncorrected_run alpha beta1 beta2 0 theta0 g) t).
Proof.
  intros alpha beta1 theta0 g t K Ha Ht Hm. fold (average beta1 g t) in Hm.
  set (S := \sum_(i <= t) g i ^ 2).
  assert (HS : 0 <= S) by (apply sum_nonneg; intros; apply pow2_ge_0).
  assert (Hm0 : 0 < Rabs (average beta1 g t)) by (apply Rabs_pos_lt; assumption).
  set (c := alpha t * Rabs (average beta1 g t)).
  assert (Hc : 0 < c) by (apply Rmult_lt_0_compat; assumption).
  (* Below this d the root of v_t is less than c / (|K| + 1). *)
  set (r := c / (Rabs K + 1)).
  assert (HK := Rabs_pos K). assert (HKK := Rle_abs K).
  assert (Hr : 0 < r) by (apply Rdiv_lt_0_compat; lra).
  exists (Rmin 1 (r * r / (S + 1))).
  assert (M1 := Rmin_l 1 (r * r / (S + 1))). assert (M2 := Rmin_r 1 (r * r / (S + 1))).
  assert (Hd : 0 < r * r / (S + 1)) by (apply Rdiv_lt_0_compat; nra).
  split; [split; [apply Rmin_glb_lt; lra | lra]|]. intros b Hb.
  rewrite uncorrected_delta, Rplus_0_r, Rabs_Ropp by assumption.
  set (V := average b (fun i => g i ^ 2) t).
  assert (HV0 : 0 < V).
  { assert (0 <= V) by (apply average_squares_nonneg; lra).
    destruct (Req_dec V 0) as [H0|]; [|lra]. exfalso. apply Hm.
    apply (average_squares_zero beta1 b); [lra | exact H0]. }
  assert (HV : V < r * r).
  { assert (V <= (1 - b) * S).
    { apply Rmult_le_compat_l; [lra|]. apply sum_le; intros i _.
      assert (b ^ (t - i) <= 1) by (apply pow_le_1; lra).
      assert (0 <= g i ^ 2) by apply pow2_ge_0. nra. }
    assert ((1 - b) * (S + 1) < r * r).
    { apply Rlt_le_trans with (r * r / (S + 1) * (S + 1)); [|right; field; lra].
      apply Rmult_lt_compat_r; lra. }
    nra. }
  assert (Hs : 0 < sqrt V) by (apply sqrt_lt_R0; assumption).
  assert (Hsr : sqrt V < r) by (rewrite <- (sqrt_square r) by lra; apply sqrt_lt_1_alt; lra).
  unfold ratio, Rdiv. rewrite !Rabs_mult, Rabs_inv, (Rabs_pos_eq (alpha t)), (Rabs_pos_eq (sqrt V))
    by lra.
  rewrite <- Rmult_assoc. fold c. apply Rmult_lt_reg_r with (sqrt V); [assumption|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  assert (Hrc : r * (Rabs K + 1) = c) by (unfold r; field; lra). nra.
Qed.

(** C41. They grow like (1 - beta2)^(-1/2), unless all gradients so far are 0: times
    sqrt(1 - beta2) they tend to -alpha_t m_t / sqrt(sum_(i <= t) g_i^2). *)
Theorem uncorrected_steps_rate : forall alpha beta1 theta0 g t,
  (1 <= t)%nat -> \sum_(i <= t) g i ^ 2 <> 0 ->
  tends_as_beta2_to_1
    (fun beta2 => delta (uncorrected_run alpha beta1 beta2 0 theta0 g) t * sqrt (1 - beta2))
    (- (alpha t * ((1 - beta1) * (\sum_(i <= t) beta1 ^ (t - i) * g i)
                   / sqrt (\sum_(i <= t) g i ^ 2)))).
Proof.
  intros alpha beta1 theta0 g t Ht H0. fold (average beta1 g t). set (M := average beta1 g t).
  set (S := \sum_(i <= t) g i ^ 2) in *.
  assert (HS : 0 <= S) by (apply sum_nonneg; intros; apply pow2_ge_0).
  (* v_t = (1 - b) W b *)
  set (W b := \sum_(i <= t) b ^ (t - i) * g i ^ 2).
  assert (HW1 : W 1 = S) by (apply sum_ext; intros; rewrite pow1; ring).
  apply tends_continuous with (h := fun b => - (alpha t * (M / sqrt (W b)))).
  - apply continuity_pt_opp, continuity_pt_mult.
    { apply continuity_pt_const. intros a b. reflexivity. }
    apply continuity_pt_div; [apply continuity_pt_const; intros a b; reflexivity | |].
    + apply (continuity_pt_comp W sqrt).
      * apply (continuity_sum (fun i b => b ^ (t - i) * g i ^ 2)). intros i. reg.
      * apply continuity_pt_sqrt. lra.
    + rewrite HW1. apply Rgt_not_eq, sqrt_lt_R0. lra.
  - rewrite HW1. reflexivity.
  - intros b Hb. rewrite uncorrected_delta, Rplus_0_r by assumption. fold M.
    change (average b (fun i => g i ^ 2) t) with ((1 - b) * W b).
    assert (HW : 0 < W b).
    { apply Rlt_le_trans with (b ^ t * S); [apply Rmult_lt_0_compat; [apply pow_lt|]; lra|].
      unfold S. rewrite <- sum_scale. apply sum_le; intros i Hi.
      apply Rmult_le_compat_r; [apply pow2_ge_0 | apply pow_falls; [lra | lia]]. }
    rewrite sqrt_mult by lra.
    assert (0 < sqrt (1 - b)) by (apply sqrt_lt_R0; lra).
    assert (0 < sqrt (W b)) by (apply sqrt_lt_R0; lra). unfold ratio. field. lra.
Qed.

(** C41. And so does the factor F_t between them and the corrected steps: times sqrt(1 - beta2) it
    tends to (1 - beta1^t) / sqrt t. *)
Theorem uncorrected_steps_growth : forall beta1 t, (1 <= t)%nat ->
  tends_as_beta2_to_1 (fun beta2 => factor beta1 beta2 t * sqrt (1 - beta2))
    ((1 - beta1 ^ t) / sqrt (INR t)).
Proof.
  intros beta1 t Ht. assert (HI := INR_pos t Ht).
  assert (Hs : 0 < sqrt (INR t)) by (apply sqrt_lt_R0; assumption).
  (* F_t sqrt(1 - b) = (1 - beta1^t) / sqrt(1 + b + ... + b^(t-1)) *)
  set (W b := \sum_(i <= t) b ^ (t - i)).
  assert (HW1 : W 1 = INR t) by apply weights_at_1.
  apply tends_continuous with (h := fun b => (1 - beta1 ^ t) / sqrt (W b)).
  - apply continuity_pt_div; [apply continuity_pt_const; intros a b; reflexivity | |].
    + apply (continuity_pt_comp W sqrt).
      * apply (continuity_sum (fun i b => b ^ (t - i))). intros i. reg.
      * apply continuity_pt_sqrt. lra.
    + rewrite HW1. lra.
  - rewrite HW1. reflexivity.
  - intros b Hb. assert (HW := geometric_weights b t). fold (W b) in HW.
    assert (HD := pow_lt_1 b t ltac:(lra) Ht). assert (HWb : 0 < W b) by nra.
    unfold factor. rewrite <- HW, sqrt_mult by lra.
    assert (0 < sqrt (1 - b)) by (apply sqrt_lt_R0; lra).
    assert (0 < sqrt (W b)) by (apply sqrt_lt_R0; lra). field. lra.
Qed.

(** 1 - beta2^t <= t (1 - beta2), by Bernoulli's inequality. *)
Lemma one_minus_pow_small t e : (1 <= t)%nat -> 0 < e ->
  exists d, 0 < d <= 1 /\ forall beta2, 1 - d < beta2 < 1 -> 1 - beta2 ^ t < e.
Proof.
  intros Ht He. assert (HI := INR_pos t Ht). exists (Rmin 1 (e / INR t)).
  assert (M1 := Rmin_l 1 (e / INR t)). assert (M2 := Rmin_r 1 (e / INR t)).
  assert (Hd : 0 < e / INR t) by (apply Rdiv_lt_0_compat; assumption).
  split; [split; [apply Rmin_glb_lt; lra | lra]|]. intros b Hb.
  assert (HB := bernoulli (- (1 - b)) t ltac:(lra)).
  replace (1 + - (1 - b)) with b in HB by ring.
  assert (He' : INR t * (e / INR t) = e) by (field; lra).
  assert (INR t * (1 - b) < INR t * (e / INR t)) by (apply Rmult_lt_compat_l; lra). lra.
Qed.

(** C41. "... infinitely large bias": not of the bias of v_t, which for a constant second moment q
    is -beta2^t q, at most q; only the quotient q / E[v_t] = 1 / (1 - beta2^t) exceeds every
    bound. *)
Theorem uncorrected_bias : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 eps theta0 q t,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  (forall i, (1 <= i)%nat -> E (fun w => g i w ^ 2) = q) -> 0 < q -> (1 <= t)%nat ->
  let v beta2 w :=
    snd (state (uncorrected_run alpha beta1 beta2 eps theta0 (fun i => g i w) t)) in
  (forall beta2, 0 <= beta2 < 1 ->
     E (v beta2) - q = - beta2 ^ t * q /\ Rabs (E (v beta2) - q) <= q) /\
  forall K, exists d, 0 < d <= 1 /\ forall beta2, 1 - d < beta2 < 1 -> K < q / E (v beta2).
Proof.
  intros Omega E g alpha beta1 eps theta0 q t Hg Hq Hq0 Ht v.
  assert (HE : forall b, E (v b) = q * (1 - b ^ t)).
  { intros b. replace (v b)
      with (fun w => \sum_(i <= t) (1 - b) * b ^ (t - i) * g i w ^ 2).
    - rewrite (proj2 (mean_sum E _ (fun i w => g i w ^ 2) t Hg)).
      rewrite (sum_ext _ (fun i => (1 - b) * b ^ (t - i) * q))
        by (intros i Hi; rewrite Hq by lia; reflexivity).
      rewrite sum_scale_r, sum_scale, geometric_weights. ring.
    - apply functional_extensionality; intros w. unfold v, uncorrected_run.
      rewrite uncorrected_averages, <- (average_sum b (fun i => g i w ^ 2)). reflexivity. }
  split.
  - intros b Hb. rewrite HE. assert (0 <= b ^ t) by (apply pow_le; lra).
    assert (b ^ t <= 1) by (apply pow_le_1; lra).
    split; [ring|]. rewrite Rabs_left1 by nra. nra.
  - intros K. assert (HK := Rabs_pos K). assert (HKK := Rle_abs K).
    assert (Hk : 0 < / (Rabs K + 1)) by (apply Rinv_0_lt_compat; lra).
    destruct (one_minus_pow_small t _ Ht Hk) as [d [Hd H]].
    exists d. split; [exact Hd|]. intros b Hb. specialize (H b Hb). rewrite HE.
    assert (HD := pow_lt_1 b t ltac:(lra) Ht).
    replace (q / (q * (1 - b ^ t))) with (/ (1 - b ^ t)) by (field; lra).
    apply Rlt_trans with (Rabs K + 1); [lra|]. rewrite <- (Rinv_inv (Rabs K + 1)).
    apply Rinv_lt_contravar; [apply Rmult_lt_0_compat; lra | exact H].
Qed.

(** ** RMSProp *)

(** C42. "Removal of the bias correction terms results in a version of RMSProp ... with momentum":
    holds for beta1 = 0, without momentum. With eps = 0 it is then RMSProp with rho = beta2: the
    same points, metrics and averages v_t. *)
Theorem uncorrected_adam_is_rmsprop : forall alpha beta2 theta0 g t,
  let adam := uncorrected_run (fun _ => alpha) 0 beta2 0 theta0 g t in
  let rms := run (rmsprop alpha beta2) free theta0 0 g t in
  point adam = point rms /\ metric adam = metric rms /\ snd (state adam) = state rms.
Proof.
  intros alpha beta2 theta0 g t adam rms. unfold adam, rms, uncorrected_run. clear adam rms.
  induction t as [|t [IH1 [_ IH2]]]; [repeat split|].
  rewrite !run_S. cbv zeta. rewrite <- IH1, <- IH2.
  destruct (state (run (fun _ => _) _ _ _ _ t)) as [m1 v1].
  unfold adam_uncorrected, rmsprop, point, metric, state, free; cbn [fst snd].
  rewrite Rplus_0_r. repeat split. do 3 f_equal. ring.
Qed.

(** C42. The same with eps outside the root, where torch puts it. *)
Theorem uncorrected_adam_is_rmsprop_torch : forall alpha beta2 eps theta0 g t,
  let adam := uncorrected_run (fun _ => alpha) 0 beta2 eps theta0 g t in
  let rms := run (rmsprop_torch alpha beta2 eps) free theta0 0 g t in
  point adam = point rms /\ metric adam = metric rms /\ snd (state adam) = state rms.
Proof.
  intros alpha beta2 eps theta0 g t adam rms. unfold adam, rms, uncorrected_run. clear adam rms.
  induction t as [|t [IH1 [_ IH2]]]; [repeat split|].
  rewrite !run_S. cbv zeta. rewrite <- IH1, <- IH2.
  destruct (state (run (fun _ => _) _ _ _ _ t)) as [m1 v1].
  unfold adam_uncorrected, rmsprop_torch, point, metric, state, free; cbn [fst snd].
  repeat split. do 3 f_equal. ring.
Qed.

(** C42. "... a version of RMSProp ... with momentum": refuted if beta1 > 0, for the momentum that
    section 5 describes, one "on the rescaled gradient". Whatever its hyper-parameters, Adam without
    correction does not go to the points of RMSProp with momentum on all gradients, for any step
    sizes, decay rate and momentum. *)
Theorem rmsprop_with_momentum_refuted : forall alpha beta1 beta2 theta0,
  0 < alpha -> 0 < beta1 < 1 -> 0 < beta2 < 1 ->
  ~ exists (alpha' : nat -> R) rho mu, 0 <= rho < 1 /\ forall g t,
      point (run (fun t => rmsprop_momentum (alpha' t) rho mu t) free theta0 (0, 0) g t)
      = point (uncorrected_run (fun _ => alpha) beta1 beta2 0 theta0 g t).
Proof.
  intros alpha beta1 beta2 theta0 Ha H1 H2 [a [rho [mu [_ K]]]].
  (* The gradients are 1 and x. The second steps at x = 1 and at x = -1 add up to what the memory
     alone contributes: to twice the second step at x = 0 for RMSProp, to less for Adam, whose
     root has grown. *)
  set (g x (t : nat) := match t with 2%nat => x | _ => 1 end : R).
  assert (K1 := K (g 0) 1%nat). assert (K0 := K (g 0) 2%nat).
  assert (Kp := K (g 1) 2%nat). assert (Kn := K (g (-1)) 2%nat). clear K.
  unfold uncorrected_run, point, free in *. simpl in *. unfold ratio, Rdiv in *.
  replace (-1 * -1) with (1 * 1) in Kn by ring.
  set (s0 := sqrt (beta2 * (beta2 * 0 + (1 - beta2) * (1 * 1)) + (1 - beta2) * (0 * 0))) in *.
  set (s1 := sqrt (beta2 * (beta2 * 0 + (1 - beta2) * (1 * 1)) + (1 - beta2) * (1 * 1))) in *.
  assert (Hs0 : 0 < s0) by (apply sqrt_lt_R0; nra).
  assert (Hs : s0 < s1) by (apply sqrt_lt_1_alt; nra).
  assert (Hc : 0 < alpha * (beta1 * (1 - beta1))) by (apply Rmult_lt_0_compat; nra).
  assert (Heq : alpha * (beta1 * (1 - beta1)) * / s0 = alpha * (beta1 * (1 - beta1)) * / s1).
  { rewrite !(Rplus_0_r s0), ?(Rplus_0_r s1) in *. lra. }
  assert (Hinv : / s1 < / s0) by (apply Rinv_lt_contravar; [apply Rmult_lt_0_compat|]; lra).
  nra.
Qed.

(** C42. The example of the book: gradients 1 and 2, rho = beta2 = 9/10, mu = beta1 = 1/2, and step
    sizes with which the first steps agree; -7.6006 against -6.7337. *)
Theorem rmsprop_with_momentum_example :
  let g (t : nat) := match t with 2%nat => 2 | _ => 1 end : R in
  let rms := run (rmsprop_momentum 1 (9 / 10) (1 / 2)) free 0 (0, 0) g in
  let adam := uncorrected_run (fun _ => 2) (1 / 2) (9 / 10) 0 0 g in
  point (rms 1%nat) = point (adam 1%nat) /\
  point (rms 2%nat) = - (3 / 2 * sqrt 10 + 20 / 7) /\
  point (adam 2%nat) = - (sqrt 10 + 25 / 7) /\
  point (rms 2%nat) < point (adam 2%nat).
Proof.
  intros g rms adam.
  assert (Hs : 3 < sqrt 10) by (rewrite <- (sqrt_square 3) by lra; apply sqrt_lt_1_alt; lra).
  assert (H1 : sqrt (9 / 10 * 0 + (1 - 9 / 10) * (1 * 1)) = 1 / sqrt 10).
  { replace (9 / 10 * 0 + (1 - 9 / 10) * (1 * 1)) with (1 / 10) by field.
    rewrite sqrt_div_alt, sqrt_1 by lra. reflexivity. }
  assert (H2 : sqrt (9 / 10 * (9 / 10 * 0 + (1 - 9 / 10) * (1 * 1)) + (1 - 9 / 10) * (2 * 2))
               = 7 / 10).
  { rewrite <- (sqrt_square (7 / 10)) by lra. f_equal. field. }
  assert (Hr : point (rms 2%nat) = - (3 / 2 * sqrt 10 + 20 / 7)).
  { unfold rms, point, free; simpl. rewrite H1, H2. unfold ratio. field. lra. }
  assert (Ha : point (adam 2%nat) = - (sqrt 10 + 25 / 7)).
  { unfold adam, uncorrected_run, point, free; simpl. rewrite H1, H2. unfold ratio. field. lra. }
  repeat split; [|exact Hr | exact Ha | rewrite Hr, Ha; lra].
  unfold rms, adam, uncorrected_run, point, free; simpl. rewrite H1. unfold ratio. field. lra.
Qed.

(** C54. "RMSProp also lacks a bias-correction term": its step is 1 / sqrt(1 - beta2^t) times that
    of Adam with beta1 = 0, on all gradients; holds. *)
Theorem rmsprop_step : forall alpha beta2 theta0 g t, 0 < beta2 < 1 -> (1 <= t)%nat ->
  delta (run (rmsprop alpha beta2) free theta0 0 g) t
  = 1 / sqrt (1 - beta2 ^ t) * delta (adam_run (fun _ => alpha) 0 beta2 0 theta0 g) t.
Proof.
  intros alpha beta2 theta0 g t Hb Ht.
  replace (1 / sqrt (1 - beta2 ^ t)) with ((1 - 0 ^ t) / sqrt (1 - beta2 ^ t))
    by (rewrite pow_i by lia; f_equal; ring).
  rewrite <- one_factor by (lra || assumption).
  unfold delta.
  rewrite (proj1 (uncorrected_adam_is_rmsprop alpha beta2 theta0 g t)).
  rewrite (proj1 (uncorrected_adam_is_rmsprop alpha beta2 theta0 g (t - 1))). reflexivity.
Qed.

(** C54. "This matters most in case of a value of beta2 close to 1", where it leads to "very large
    stepsizes": the factor increases with beta2, without bound; holds. *)
Theorem rmsprop_factor_grows : forall t, (1 <= t)%nat ->
  (forall beta2 beta2', 0 <= beta2 < beta2' -> beta2' < 1 ->
     1 / sqrt (1 - beta2 ^ t) < 1 / sqrt (1 - beta2' ^ t)) /\
  forall K, exists d, 0 < d <= 1 /\ forall beta2, 1 - d < beta2 < 1 -> K < 1 / sqrt (1 - beta2 ^ t).
Proof.
  intros t Ht. split.
  - intros b b' Hb Hb'. assert (HD := pow_lt_1 b' t ltac:(lra) Ht).
    assert (Hlt : b ^ t < b' ^ t).
    { clear HD. induction Ht as [|t Ht IH]; simpl; [lra|].
      assert (0 <= b ^ t) by (apply pow_le; lra). nra. }
    assert (Hs : 0 < sqrt (1 - b' ^ t)) by (apply sqrt_lt_R0; lra).
    assert (Hss : sqrt (1 - b' ^ t) < sqrt (1 - b ^ t)) by (apply sqrt_lt_1_alt; lra).
    apply Rmult_lt_compat_l; [lra|].
    apply Rinv_lt_contravar; [apply Rmult_lt_0_compat|]; lra.
  - intros K. set (k := Rabs K + 1). assert (HK := Rabs_pos K). assert (HKK := Rle_abs K).
    assert (Hk : 0 < / k * / k <= 1).
    { assert (0 < / k <= 1); [|nra]. split; [apply Rinv_0_lt_compat; unfold k; lra|].
      rewrite <- Rinv_1. apply Rinv_le_contravar; unfold k; lra. }
    destruct (one_minus_pow_small t (/ k * / k) Ht ltac:(lra)) as [d [Hd H]].
    exists d. split; [exact Hd|]. intros b Hb. specialize (H b Hb).
    assert (HD := pow_lt_1 b t ltac:(lra) Ht).
    assert (Hs : 0 < sqrt (1 - b ^ t)) by (apply sqrt_lt_R0; lra).
    assert (Hsk : sqrt (1 - b ^ t) < / k).
    { rewrite <- (sqrt_square (/ k)) by (left; apply Rinv_0_lt_compat; unfold k; lra).
      apply sqrt_lt_1_alt. lra. }
    apply Rlt_trans with k; [unfold k; lra|]. unfold Rdiv. rewrite Rmult_1_l.
    rewrite <- (Rinv_inv k). apply Rinv_lt_contravar; [|exact Hsk].
    apply Rmult_lt_0_compat; [assumption | apply Rinv_0_lt_compat; unfold k; lra].
Qed.
