(** Section 3: the bias that starting at zero causes, and its correction.

    The running averages unrolled; what they estimate, and how far a drifting second moment leads
    them astray; what a missing correction does to a step; the divisor that a decaying beta1
    needs. *)
From Coq Require Import NArith Reals Lra Lia Psatz FunctionalExtensionality.
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
    with beta1 and g_i, for all gradients and all hyper-parameters; `project` is whatever is done to
    the points. *)
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

(** ** What the averages estimate *)

(** An expectation over random outcomes w : Omega: which variables have one, and what it is. Of
    its properties only linearity is used: the theorems hold for every probability space, and for
    gradients that depend on each other in any way. *)
Record expectation (Omega : Type) := {
  integrable : (Omega -> R) -> Prop;
  mean :> (Omega -> R) -> R;
  integrable_linear : forall a b X Y, integrable X -> integrable Y ->
    integrable (fun w => a * X w + b * Y w);
  mean_linear : forall a b X Y, integrable X -> integrable Y ->
    mean (fun w => a * X w + b * Y w) = a * mean X + b * mean Y }.
Arguments integrable {Omega} _ _.
Arguments mean {Omega} _ _.

(** The finite spaces: outcomes 1, ..., n with the probabilities p 1, ..., p n. *)
Program Definition finite_mean (n : nat) (p : nat -> R) : expectation nat :=
  {| integrable := fun _ => True; mean := fun X => \sum_(w <= n) p w * X w |}.
Next Obligation. rewrite <- !sum_scale, <- sum_plus. apply sum_ext; intros; ring. Qed.

(** The expectation of a weighted sum. *)
Lemma mean_sum {Omega} (E : expectation Omega) (c : nat -> R) (X : nat -> Omega -> R) t :
  (forall i, (1 <= i)%nat -> integrable E (X i)) ->
  integrable E (fun w => \sum_(i <= t) c i * X i w) /\
  E (fun w => \sum_(i <= t) c i * X i w) = \sum_(i <= t) c i * E (X i).
Proof.
  intros HX. induction t as [|t [IH1 IH2]].
  - (* The empty sum is 0 X_1 + 0 X_1. *)
    assert (H1 := HX 1%nat ltac:(lia)).
    replace (fun w : Omega => \sum_(i <= 0) c i * X i w)
      with (fun w => 0 * X 1%nat w + 0 * X 1%nat w)
      by (apply functional_extensionality; intros w; simpl; ring).
    split; [apply integrable_linear; assumption|].
    rewrite mean_linear by assumption. simpl. ring.
  - assert (HS := HX (S t) ltac:(lia)).
    replace (fun w => \sum_(i <= S t) c i * X i w)
      with (fun w => 1 * (\sum_(i <= t) c i * X i w) + c (S t) * X (S t) w)
      by (apply functional_extensionality; intros w; simpl; ring).
    split; [apply integrable_linear; assumption|].
    rewrite mean_linear, IH2 by assumption. simpl. ring.
Qed.

(** If they all have the same mean, and the weights sum to s. *)
Lemma mean_sum_equal {Omega} (E : expectation Omega) c (X : nat -> Omega -> R) mu t d :
  (forall i, (1 <= i)%nat -> integrable E (X i)) ->
  (forall i, (1 <= i)%nat -> E (X i) = mu) -> sum c t = d -> d <> 0 ->
  E (fun w => (\sum_(i <= t) c i * X i w) / d) = mu.
Proof.
  intros HX Hmu Hd Hd0.
  replace (fun w => (\sum_(i <= t) c i * X i w) / d)
    with (fun w => \sum_(i <= t) c i / d * X i w).
  - rewrite (proj2 (mean_sum E (fun i => c i / d) X t HX)).
    rewrite (sum_ext _ (fun i => c i / d * mu)) by (intros i Hi; rewrite Hmu by lia; reflexivity).
    rewrite sum_scale_r, sum_div, Hd. field. assumption.
  - apply functional_extensionality; intros w. rewrite <- sum_div.
    apply sum_ext; intros. unfold Rdiv. ring.
Qed.

(** The second moment of a weighted sum of uncorrelated variables: the first sum's square, twice
    the product with the new summand, and its square. *)
Lemma mean_square_sum {Omega} (E : expectation Omega) c (Y : nat -> Omega -> R) s t :
  (forall i j, (1 <= i)%nat -> (1 <= j)%nat -> integrable E (fun w => Y i w * Y j w)) ->
  (forall i j, (1 <= i < j)%nat -> E (fun w => Y i w * Y j w) = 0) ->
  (forall i, (1 <= i)%nat -> E (fun w => Y i w * Y i w) = s) ->
  integrable E (fun w => (\sum_(i <= t) c i * Y i w) ^ 2) /\
  E (fun w => (\sum_(i <= t) c i * Y i w) ^ 2) = s * (\sum_(i <= t) c i ^ 2).
Proof.
  intros HY H0 Hs. induction t as [|t [IH1 IH2]].
  - assert (H1 := HY 1%nat 1%nat ltac:(lia) ltac:(lia)).
    replace (fun w : Omega => (\sum_(i <= 0) c i * Y i w) ^ 2)
      with (fun w => 0 * (Y 1%nat w * Y 1%nat w) + 0 * (Y 1%nat w * Y 1%nat w))
      by (apply functional_extensionality; intros w; simpl; ring).
    split; [apply integrable_linear; assumption|].
    rewrite mean_linear by assumption. simpl. ring.
  - set (k := S t) in *. assert (Hk : (1 <= k)%nat) by (unfold k; lia).
    destruct (mean_sum E (fun i => 2 * c k * c i) (fun i w => Y i w * Y k w) t) as [I2 M2].
    { intros i Hi. apply HY; assumption. }
    assert (HX := HY k k Hk Hk). assert (HE : mean E (fun w => Y k w * Y k w) = s) by auto.
    replace (fun w => (sum (fun i => c i * Y i w) k) ^ 2)
      with (fun w => 1 * (1 * (\sum_(i <= t) c i * Y i w) ^ 2
                          + 1 * (\sum_(i <= t) 2 * c k * c i * (Y i w * Y k w)))
                     + c k ^ 2 * (Y k w * Y k w)).
    + assert (I12 := integrable_linear _ E 1 1 _ _ IH1 I2).
      split; [apply integrable_linear; assumption|].
      rewrite (sum_ext _ (fun _ => 0)), sum_zero in M2
        by (intros i Hi; rewrite H0 by (unfold k; lia); ring).
      rewrite !mean_linear, HE, IH2, M2 by assumption. unfold k. simpl. ring.
    + apply functional_extensionality; intros w.
      change (sum (fun i => c i * Y i w) k)
        with ((\sum_(i <= t) c i * Y i w) + c k * Y k w).
      rewrite (sum_ext (fun i => 2 * c k * c i * (Y i w * Y k w))
                       (fun i => 2 * c k * Y k w * (c i * Y i w))) by (intros; ring).
      rewrite sum_scale. ring.
Qed.

Lemma average_sum beta a t : average beta a t = \sum_(i <= t) (1 - beta) * beta ^ (t - i) * a i.
Proof. unfold average. rewrite <- sum_scale. apply sum_ext; intros; ring. Qed.

Lemma average_zeta beta q t :
  average beta q t
  = q t * (1 - beta ^ t) + (1 - beta) * (\sum_(i <= t) beta ^ (t - i) * (q i - q t)).
Proof.
  rewrite <- (geometric_weights beta t). unfold average.
  rewrite (sum_ext (fun i => beta ^ (t - i) * (q i - q t))
                   (fun i => beta ^ (t - i) * q i - q t * beta ^ (t - i))) by (intros; ring).
  rewrite sum_minus, sum_scale. ring.
Qed.

(** The averages of Algorithm 1, fed with random gradients g 1, g 2, ... *)
Definition m {Omega} alpha beta1 beta2 eps theta0 (g : nat -> Omega -> R) t (w : Omega) : R :=
  fst (state (adam_run alpha beta1 beta2 eps theta0 (fun i => g i w) t)).
Definition v {Omega} alpha beta1 beta2 eps theta0 (g : nat -> Omega -> R) t (w : Omega) : R :=
  snd (state (adam_run alpha beta1 beta2 eps theta0 (fun i => g i w) t)).

Lemma m_sum {Omega} alpha beta1 beta2 eps theta0 (g : nat -> Omega -> R) t :
  m alpha beta1 beta2 eps theta0 g t
  = fun w => \sum_(i <= t) (1 - beta1) * beta1 ^ (t - i) * g i w.
Proof.
  apply functional_extensionality; intros w. unfold m, adam_run.
  rewrite adam_averages, <- average_sum. reflexivity.
Qed.

Lemma v_sum {Omega} alpha beta1 beta2 eps theta0 (g : nat -> Omega -> R) t :
  v alpha beta1 beta2 eps theta0 g t
  = fun w => \sum_(i <= t) (1 - beta2) * beta2 ^ (t - i) * g i w ^ 2.
Proof.
  apply functional_extensionality; intros w. unfold v, adam_run.
  rewrite adam_averages, <- (average_sum beta2 (fun i => g i w ^ 2)). reflexivity.
Qed.

Lemma mean_v {Omega} (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 t :
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  E (v alpha beta1 beta2 eps theta0 g t) = average beta2 (fun i => E (fun w => g i w ^ 2)) t.
Proof.
  intros Hg. rewrite v_sum, average_sum. apply (mean_sum E _ (fun i w => g i w ^ 2)). assumption.
Qed.

(** C13. Equations (2) to (4), hold: E[v_t] = E[g_t^2] (1 - beta2^t) + zeta, where
    zeta = (1 - beta2) sum_(i <= t) beta2^(t-i) (E[g_i^2] - E[g_t^2]). *)
Theorem mean_of_v : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 t,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  let q i := E (fun w => g i w ^ 2) in
  E (v alpha beta1 beta2 eps theta0 g t)
  = q t * (1 - beta2 ^ t) + (1 - beta2) * (\sum_(i <= t) beta2 ^ (t - i) * (q i - q t)).
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 t Hg q. rewrite mean_v by assumption.
  apply average_zeta.
Qed.

(** C13. "zeta = 0 if the true second moment E[g_i^2] is stationary": then v-hat_t is an unbiased
    estimate of it. *)
Theorem v_hat_is_unbiased : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 q t,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  (forall i, (1 <= i)%nat -> E (fun w => g i w ^ 2) = q) ->
  0 <= beta2 < 1 -> (1 <= t)%nat ->
  E (fun w => v alpha beta1 beta2 eps theta0 g t w / (1 - beta2 ^ t)) = q.
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 q t Hg Hq Hb Ht. rewrite v_sum.
  apply (mean_sum_equal E _ (fun i w => g i w ^ 2)); try assumption.
  - apply average_weights. assumption.
  - assert (HD := pow_lt_1 beta2 t Hb Ht). lra.
Qed.

(** C13. "The derivation for the first moment estimate is completely analogous." *)
Theorem mean_of_m : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 t,
  (forall i, (1 <= i)%nat -> integrable E (g i)) ->
  E (m alpha beta1 beta2 eps theta0 g t)
  = E (g t) * (1 - beta1 ^ t)
    + (1 - beta1) * (\sum_(i <= t) beta1 ^ (t - i) * (E (g i) - E (g t))).
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 t Hg. rewrite m_sum.
  rewrite (proj2 (mean_sum E _ g t Hg)), <- (average_sum beta1 (fun i => E (g i))).
  apply (average_zeta beta1 (fun i => E (g i))).
Qed.

(** C13. So m-hat_t is unbiased if the gradients have equal means. *)
Theorem m_hat_is_unbiased : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 mu t,
  (forall i, (1 <= i)%nat -> integrable E (g i)) ->
  (forall i, (1 <= i)%nat -> E (g i) = mu) ->
  0 <= beta1 < 1 -> (1 <= t)%nat ->
  E (fun w => m alpha beta1 beta2 eps theta0 g t w / (1 - beta1 ^ t)) = mu.
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 mu t Hg Hmu Hb Ht. rewrite m_sum.
  apply (mean_sum_equal E _ g); try assumption.
  - apply average_weights. assumption.
  - assert (HD := pow_lt_1 beta1 t Hb Ht). lra.
Qed.

(** ** A drifting second moment *)

Lemma exceeded_by_a_natural x : exists n, x < INR n.
Proof.
  set (y := Rabs x + 1). assert (Hy : 0 < y) by (assert (H := Rabs_pos x); unfold y; lra).
  destruct (archimed_cor1 (/ y)) as [n [Hn Hn0]]; [apply Rinv_0_lt_compat; assumption|].
  exists n. assert (Hp := INR_pos n ltac:(lia)). assert (Hx := Rle_abs x).
  destruct (Rle_lt_dec (INR n) y) as [H|H]; [|unfold y in H; lra].
  apply Rinv_le_contravar in H; lra.
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

(** "zeta can be kept small since the exponential decay rate beta1 can (and should) be chosen
    such that" gradients far in the past have small weights; as v_t has no beta1, beta2 must be
    meant. Read for all second moments: some 0 < beta2 < 1 keeps zeta_t within a multiple K of
    E[g_t^2], however large K is. *)
Definition zeta_can_be_kept_small : Prop :=
  forall Omega (E : expectation Omega) (g : nat -> Omega -> R) alpha beta1 eps theta0,
  (forall i, integrable E (fun w => g i w ^ 2)) ->
  let q i := E (fun w => g i w ^ 2) in
  (forall i, 0 < q i) ->
  exists beta2 K, 0 < beta2 < 1 /\ forall t, (1 <= t)%nat ->
    Rabs (E (v alpha beta1 beta2 eps theta0 g t) - q t * (1 - beta2 ^ t)) <= K * q t.

(** C14. "zeta can be kept small", refuted if it is said of all second moments, by the gradients
    2^(-i^2): nothing random, and one sequence for all beta2. *)
Theorem zeta_can_be_kept_small_refuted : ~ zeta_can_be_kept_small.
Proof.
  intros H.
  destruct (H nat (finite_mean 1 (fun _ => 1)) (fun i _ => (1 / 2) ^ (i * i)) (fun _ => 1) 0 0 0)
    as [b [K [Hb Hz]]]; clear H.
  - exact (fun _ => I).
  - intros i. simpl. assert (0 < (1 / 2) ^ (i * i)) by (apply pow_lt; lra). nra.
  - destruct (exceeded_by_a_natural ((K + 1) / ((1 - b) * b))) as [n Hn].
    specialize (Hz (S (S n)) ltac:(lia)). rewrite mean_v in Hz by exact (fun _ _ => I).
    set (q i := (1 / 2) ^ (i * i) * (1 / 2) ^ (i * i)).
    assert (Hmean : forall i, finite_mean 1 (fun _ => 1) (fun _ => ((1 / 2) ^ (i * i)) ^ 2) = q i)
      by (intros i; unfold q; simpl; ring).
    rewrite Hmean, (functional_extensionality _ _ Hmean) in Hz.
    assert (Hq : forall i, 0 < q i).
    { intros i. unfold q. assert (0 < (1 / 2) ^ (i * i)) by (apply pow_lt; lra). nra. }
    set (t := S (S n)) in *.
    (* The last round but one alone makes E[v_t] >= (1 - b) b q_(t-1). *)
    assert (Hlow : (1 - b) * b * q (S n) <= average b q t).
    { assert (0 <= average b q n).
      { apply Rmult_le_pos; [lra|]. apply sum_nonneg; intros k _.
        apply Rmult_le_pos; [apply pow_le; lra | left; apply Hq]. }
      unfold t. rewrite !average_S. specialize (Hq (S (S n))). nra. }
    (* q_t is 4^-(2n+3) q_(t-1). *)
    assert (Hstep : INR n * q t <= q (S n)).
    { set (h := (1 / 2) ^ (2 * n + 3)).
      assert (Hqt : q t = q (S n) * (h * h)).
      { unfold q, h, t. replace (S (S n) * S (S n))%nat with (S n * S n + (2 * n + 3))%nat by lia.
        rewrite pow_add. ring. }
      assert (Hh : h * 2 ^ (2 * n + 3) = 1).
      { unfold h. rewrite <- Rpow_mult_distr. replace (1 / 2 * 2) with 1 by field. apply pow1. }
      assert (Hh0 : 0 < h) by (apply pow_lt; lra).
      assert (Hh1 : h <= 1) by (apply pow_le_1; lra).
      assert (HB := bernoulli 1 (2 * n + 3) ltac:(lra)). replace (1 + 1) with 2 in HB by ring.
      assert (Hn0 := pos_INR n).
      rewrite plus_INR, mult_INR in HB. change (INR 2) with 2 in HB.
      replace (INR 3) with 3 in HB by (simpl; ring).
      assert (INR n * h <= 1).
      { rewrite <- Hh, (Rmult_comm h). apply Rmult_le_compat_r; lra. }
      assert (INR n * h * h <= 1 * 1).
      { apply Rmult_le_compat; try lra. apply Rmult_le_pos; lra. }
      specialize (Hq (S n)). rewrite Hqt.
      replace (INR n * (q (S n) * (h * h))) with (q (S n) * (INR n * h * h)) by ring.
      rewrite <- (Rmult_1_r (q (S n))) at 2. apply Rmult_le_compat_l; lra. }
    assert (HE : average b q t <= (K + 1) * q t).
    { assert (Hle := Rle_abs (average b q t - q t * (1 - b ^ t))).
      assert (0 <= b ^ t) by (apply pow_le; lra). specialize (Hq t). nra. }
    assert (Hbb : 0 < (1 - b) * b) by nra.
    assert (HK : K + 1 < INR n * ((1 - b) * b)).
    { apply (Rmult_lt_compat_r ((1 - b) * b)) in Hn; [|assumption].
      replace ((K + 1) / ((1 - b) * b) * ((1 - b) * b)) with (K + 1) in Hn by (field; lra).
      assumption. }
    specialize (Hq t). clear Hz Hmean. nra.
Qed.

(** beta^t and t beta^t tend to 0. *)
Lemma pow_tends_to_0 beta : 0 <= beta < 1 -> Un_cv (fun t => beta ^ t) 0.
Proof.
  intros Hb e He. destruct (pow_lt_1_zero beta) with (y := e) as [N H]; [|assumption|].
  - rewrite Rabs_pos_eq; lra.
  - exists N. intros n Hn. unfold R_dist. rewrite Rminus_0_r. apply H. assumption.
Qed.

(** With s = sqrt beta: t s^t is at most 1 + s + ... + s^(t-1), which is bounded. *)
Lemma linear_pow_tends_to_0 beta : 0 <= beta < 1 -> Un_cv (fun t => INR t * beta ^ t) 0.
Proof.
  intros Hb. set (s := sqrt beta). assert (Hs0 : 0 <= s) by apply sqrt_pos.
  assert (Hss : s * s = beta) by (apply sqrt_sqrt; lra).
  assert (Hs1 : s < 1) by nra.
  assert (Hbound : forall t, 0 <= INR t * beta ^ t <= 1 / (1 - s) * s ^ t).
  { intros t. rewrite <- Hss, Rpow_mult_distr, <- Rmult_assoc.
    assert (Hp : 0 <= s ^ t) by (apply pow_le; assumption).
    split; [apply Rmult_le_pos; [apply Rmult_le_pos; [apply pos_INR|]|]; assumption|].
    apply Rmult_le_compat_r; [assumption|].
    eapply Rle_trans; [|apply (geometric_bound s t); lra].
    rewrite <- sum_const. apply sum_le; intros k Hk.
    replace t with (k - 1 + (t - (k - 1)))%nat at 1 by lia. rewrite pow_add.
    assert (0 <= s ^ (k - 1)) by (apply pow_le; assumption).
    assert (s ^ (t - (k - 1)) <= 1) by (apply pow_le_1; lra). nra. }
  intros e He. assert (Hc : 0 < 1 / (1 - s)) by (apply Rdiv_lt_0_compat; lra).
  destruct (pow_tends_to_0 s ltac:(lra) (e / (1 / (1 - s)))) as [N H].
  { apply Rdiv_lt_0_compat; assumption. }
  exists N. intros n Hn. specialize (H n Hn). unfold R_dist in *. rewrite Rminus_0_r in *.
  specialize (Hbound n). rewrite Rabs_pos_eq in * by (lra || (apply pow_le; assumption)).
  apply (Rmult_lt_compat_l (1 / (1 - s))) in H; [|assumption].
  replace (1 / (1 - s) * (e / (1 / (1 - s)))) with e in H by (field; lra). lra.
Qed.

Lemma linear_drift_average a c beta t : beta <> 1 ->
  average beta (fun i => a + c * INR i) t
  = (a + c * INR t) * (1 - beta ^ t)
    + (c * INR t * beta ^ t - c * beta / (1 - beta) * (1 - beta ^ t)).
Proof.
  intros Hb. induction t as [|t IH]; [unfold average; simpl; field; lra|].
  rewrite average_S, IH, S_INR. simpl. field. lra.
Qed.

(** C14. Linear drift: if E[g_i^2] = a + c i, then zeta_t = c t beta2^t - c beta2 (1 - beta2^t) /
    (1 - beta2), which tends to -c beta2 / (1 - beta2), as if v-hat_t came
    beta2 / (1 - beta2) rounds late. *)
Theorem zeta_of_linear_drift : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 a c,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  (forall i, (1 <= i)%nat -> E (fun w => g i w ^ 2) = a + c * INR i) ->
  0 <= beta2 < 1 ->
  let zeta t := E (v alpha beta1 beta2 eps theta0 g t) - (a + c * INR t) * (1 - beta2 ^ t) in
  (forall t, zeta t = c * INR t * beta2 ^ t - c * beta2 / (1 - beta2) * (1 - beta2 ^ t)) /\
  Un_cv zeta (- (c * beta2 / (1 - beta2))).
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 a c Hg Hq Hb zeta.
  assert (Hz : forall t,
    zeta t = c * INR t * beta2 ^ t - c * beta2 / (1 - beta2) * (1 - beta2 ^ t)).
  { intros t. unfold zeta. rewrite mean_v by assumption.
    unfold average. rewrite (sum_ext _ (fun i => beta2 ^ (t - i) * (a + c * INR i)))
      by (intros i Hi; rewrite Hq by lia; reflexivity).
    fold (average beta2 (fun i => a + c * INR i) t). rewrite linear_drift_average by lra. ring. }
  split; [exact Hz|].
  set (l := c * beta2 / (1 - beta2)) in *.
  assert (H : Un_cv (fun t => c * (INR t * beta2 ^ t) + l * beta2 ^ t - l) (c * 0 + l * 0 - l)).
  { apply (CV_minus (fun t => c * (INR t * beta2 ^ t) + l * beta2 ^ t) (fun _ => l)).
    - apply (CV_plus (fun t => c * (INR t * beta2 ^ t)) (fun t => l * beta2 ^ t)).
      + apply (CV_mult (fun _ => c)); [|apply linear_pow_tends_to_0; assumption].
        intros e He. exists 0%nat. intros. unfold R_dist. rewrite Rminus_diag_eq, Rabs_R0; auto.
      + apply (CV_mult (fun _ => l)); [|apply pow_tends_to_0; assumption].
        intros e He. exists 0%nat. intros. unfold R_dist. rewrite Rminus_diag_eq, Rabs_R0; auto.
    - intros e He. exists 0%nat. intros. unfold R_dist. rewrite Rminus_diag_eq, Rabs_R0; auto. }
  replace (- l) with (c * 0 + l * 0 - l) by ring.
  intros e He. destruct (H e He) as [N K]. exists N. intros n Hn. specialize (K n Hn).
  rewrite Hz. replace (c * INR n * beta2 ^ n - l * (1 - beta2 ^ n))
    with (c * (INR n * beta2 ^ n) + l * beta2 ^ n - l) by ring. exact K.
Qed.

Lemma quotient_tends_to_1 u z : Un_cv u 0 -> Un_cv z 0 ->
  Un_cv (fun t => (1 + u t) / (1 - z t)) 1.
Proof.
  intros Hu Hz e He. set (d := Rmin (1 / 2) (e / 4)).
  assert (M1 := Rmin_l (1 / 2) (e / 4)). assert (M2 := Rmin_r (1 / 2) (e / 4)). fold d in M1, M2.
  assert (Hd : 0 < d) by (apply Rmin_glb_lt; lra).
  destruct (Hu d Hd) as [N1 K1]. destruct (Hz d Hd) as [N2 K2].
  exists (N1 + N2)%nat. intros n Hn. specialize (K1 n ltac:(lia)). specialize (K2 n ltac:(lia)).
  unfold R_dist in *. rewrite Rminus_0_r in *.
  apply Rabs_def2 in K1. apply Rabs_def2 in K2.
  replace ((1 + u n) / (1 - z n) - 1) with ((u n + z n) / (1 - z n)) by (field; lra).
  assert (Hq : (u n + z n) / (1 - z n) * (1 - z n) = u n + z n) by (field; lra).
  set (q := (u n + z n) / (1 - z n)) in *. apply Rabs_def1; nra.
Qed.

Lemma minus_tends_to_0 u : Un_cv u 0 -> Un_cv (fun t => - u t) 0.
Proof.
  intros H e He. destruct (H e He) as [T K]. exists T. intros t Ht. specialize (K t Ht).
  unfold R_dist in *. rewrite Rminus_0_r in *. rewrite Rabs_Ropp. exact K.
Qed.

(** C14. Geometric drift, E[g_i^2] = a r^i. *)
Theorem mean_of_v_under_geometric_drift : forall Omega (E : expectation Omega)
    (g : nat -> Omega -> R) alpha beta1 beta2 eps theta0 a r t,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  (forall i, (1 <= i)%nat -> E (fun w => g i w ^ 2) = a * r ^ i) ->
  r <> beta2 ->
  E (v alpha beta1 beta2 eps theta0 g t)
  = a * (1 - beta2) * r * (r ^ t - beta2 ^ t) / (r - beta2).
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 a r t Hg Hq Hr. rewrite mean_v by assumption.
  induction t as [|t IH]; [unfold average; simpl; field; lra|].
  rewrite average_S, IH, Hq by lia. simpl. field. lra.
Qed.

(** C14. If it dies out slower than beta2^t, or grows, v-hat_t is in the end off by the factor
    (1 - beta2) r / (r - beta2). *)
Theorem v_hat_of_slow_decay : forall Omega (E : expectation Omega)
    (g : nat -> Omega -> R) alpha beta1 beta2 eps theta0 a r,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  (forall i, (1 <= i)%nat -> E (fun w => g i w ^ 2) = a * r ^ i) ->
  0 < a -> 0 <= beta2 < 1 -> beta2 < r ->
  Un_cv (fun t => E (v alpha beta1 beta2 eps theta0 g t) / (1 - beta2 ^ t) / (a * r ^ t))
    ((1 - beta2) * r / (r - beta2)).
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 a r Hg Hq Ha Hb Hr.
  set (c := (1 - beta2) * r / (r - beta2)).
  assert (Hc : 0 < c) by (apply Rdiv_lt_0_compat; nra).
  assert (Hx : 0 <= beta2 / r < 1).
  { split; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]|].
    apply Rmult_lt_reg_r with r; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (H := quotient_tends_to_1 _ _ (minus_tends_to_0 _ (pow_tends_to_0 _ Hx))
                 (pow_tends_to_0 _ Hb)).
  intros e He. destruct (H (e / c)) as [T K]; [apply Rdiv_lt_0_compat; assumption|].
  exists (S T). intros t Ht. specialize (K t ltac:(lia)). unfold R_dist in *.
  assert (HD := pow_lt_1 beta2 t Hb ltac:(lia)). assert (Hrt : 0 < r ^ t) by (apply pow_lt; lra).
  rewrite (mean_of_v_under_geometric_drift _ _ _ _ _ _ _ _ a r) by (assumption || lra).
  replace (a * (1 - beta2) * r * (r ^ t - beta2 ^ t) / (r - beta2) / (1 - beta2 ^ t) / (a * r ^ t)
           - c) with (c * ((1 + - (beta2 / r) ^ t) / (1 - beta2 ^ t) - 1)).
  - rewrite Rabs_mult, (Rabs_pos_eq c) by lra. apply (Rmult_lt_compat_l c) in K; [|assumption].
    replace (c * (e / c)) with e in K by (field; lra). exact K.
  - assert (Hbt : beta2 ^ t = (beta2 / r) ^ t * r ^ t)
      by (rewrite <- Rpow_mult_distr; f_equal; field; lra).
    rewrite Hbt in *. set (x := (beta2 / r) ^ t) in *. set (y := r ^ t) in *.
    unfold c. field. repeat split; lra.
Qed.

(** C14. If the second moment dies out as fast as beta2^t or faster, v-hat_t is in the end as many
    times too large as one likes. *)
Theorem v_hat_of_fast_decay : forall Omega (E : expectation Omega)
    (g : nat -> Omega -> R) alpha beta1 beta2 eps theta0 a r,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  (forall i, (1 <= i)%nat -> E (fun w => g i w ^ 2) = a * r ^ i) ->
  0 < a -> 0 < r <= beta2 -> beta2 < 1 ->
  forall K, exists T, forall t, (T <= t)%nat ->
    E (v alpha beta1 beta2 eps theta0 g t) / (1 - beta2 ^ t) >= K * (a * r ^ t).
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 a r Hg Hq Ha Hr Hb K.
  destruct (exceeded_by_a_natural (K / (1 - beta2))) as [T HT].
  (* Each of the t summands is at least the last one, (1 - beta2) a r^t. *)
  assert (Hv : forall t,
    (1 - beta2) * (INR t * (a * r ^ t)) <= E (v alpha beta1 beta2 eps theta0 g t)).
  { intros t. rewrite mean_v by assumption. unfold average.
    apply Rmult_le_compat_l; [lra|]. rewrite <- sum_const. apply sum_le; intros i Hi.
    rewrite Hq by lia. replace (r ^ t) with (r ^ (t - i) * r ^ i)
      by (rewrite <- pow_add; f_equal; lia).
    assert (r ^ (t - i) <= beta2 ^ (t - i)) by (apply pow_incr; lra).
    assert (0 < a * r ^ i) by (apply Rmult_lt_0_compat; [|apply pow_lt]; lra). nra. }
  exists (S T). intros t Ht. specialize (Hv t).
  assert (HD : 0 < 1 - beta2 ^ t <= 1).
  { assert (H1 := pow_lt_1 beta2 t ltac:(lra) ltac:(lia)).
    assert (0 <= beta2 ^ t) by (apply pow_le; lra). lra. }
  assert (HK : K <= (1 - beta2) * INR t).
  { assert (INR T <= INR t) by (apply le_INR; lia).
    apply Rmult_le_reg_r with (/ (1 - beta2)); [apply Rinv_0_lt_compat; lra|].
    replace ((1 - beta2) * INR t * / (1 - beta2)) with (INR t) by (field; lra).
    unfold Rdiv in HT. lra. }
  assert (Hq0 : 0 < a * r ^ t) by (apply Rmult_lt_0_compat; [|apply pow_lt]; lra).
  assert (K * (a * r ^ t) <= E (v alpha beta1 beta2 eps theta0 g t)) by nra.
  assert (0 <= E (v alpha beta1 beta2 eps theta0 g t)).
  { eapply Rle_trans; [|exact Hv]. apply Rmult_le_pos; [lra|].
    apply Rmult_le_pos; [apply pos_INR | lra]. }
  apply Rle_ge. apply Rle_trans with (E (v alpha beta1 beta2 eps theta0 g t)); [assumption|].
  apply Rmult_le_reg_r with (1 - beta2 ^ t); [lra|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. apply Rmult_le_compat_l; lra.
Qed.

(** The mean age of what v-hat_t averages: g_i^2 has the age t - i in round t. *)
Definition lag (beta : R) (t : nat) : R :=
  beta / (1 - beta) - INR t * beta ^ t / (1 - beta ^ t).

(** It is: the sum of the weights times the ages, the zeta of the moments -1, -2, ... *)
Lemma lag_is_the_mean_age beta t : 0 <= beta < 1 -> (1 <= t)%nat ->
  (1 - beta) * (\sum_(i <= t) beta ^ (t - i) * (INR t - INR i)) / (1 - beta ^ t) = lag beta t.
Proof.
  intros Hb Ht. assert (HD := pow_lt_1 beta t Hb Ht).
  assert (H := linear_drift_average 0 (-1) beta t ltac:(lra)). rewrite average_zeta in H.
  rewrite (sum_ext _ (fun i => beta ^ (t - i) * (0 + -1 * INR i - (0 + -1 * INR t))))
    by (intros; ring).
  apply Rplus_eq_reg_l in H. rewrite H. unfold lag. field. lra.
Qed.

(** N13. New: if the second moment moves by at most L a round, the error of v-hat_t is at most L
    times the lag, which is less than beta2 / (1 - beta2). *)
Theorem error_of_v_hat : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 L t,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  let q i := E (fun w => g i w ^ 2) in
  (forall i j, (1 <= i <= j)%nat -> Rabs (q i - q j) <= L * (INR j - INR i)) ->
  0 < beta2 < 1 -> (1 <= t)%nat ->
  Rabs (E (v alpha beta1 beta2 eps theta0 g t) / (1 - beta2 ^ t) - q t) <= L * lag beta2 t /\
  0 <= lag beta2 t < beta2 / (1 - beta2).
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 L t Hg q HL Hb Ht.
  assert (HD := pow_lt_1 beta2 t ltac:(lra) Ht). assert (Hp : 0 < beta2 ^ t) by (apply pow_lt; lra).
  assert (HI := INR_pos t Ht).
  rewrite mean_v by assumption. fold q. rewrite average_zeta.
  set (z := (1 - beta2) * (\sum_(i <= t) beta2 ^ (t - i) * (q i - q t))).
  replace ((q t * (1 - beta2 ^ t) + z) / (1 - beta2 ^ t) - q t) with (z / (1 - beta2 ^ t))
    by (field; lra).
  assert (Hage : (1 - beta2) * (\sum_(i <= t) beta2 ^ (t - i) * (INR t - INR i))
                 = lag beta2 t * (1 - beta2 ^ t)).
  { rewrite <- lag_is_the_mean_age by (assumption || lra). field. lra. }
  assert (Hz : Rabs z <= L * (lag beta2 t * (1 - beta2 ^ t))).
  { rewrite <- Hage. unfold z. rewrite Rabs_mult, (Rabs_pos_eq (1 - beta2)) by lra.
    replace (L * ((1 - beta2) * (\sum_(i <= t) beta2 ^ (t - i) * (INR t - INR i))))
      with ((1 - beta2) * (L * (\sum_(i <= t) beta2 ^ (t - i) * (INR t - INR i)))) by ring.
    apply Rmult_le_compat_l; [lra|]. rewrite <- sum_scale.
    eapply Rle_trans; [apply sum_abs|]. apply sum_le; intros i Hi.
    rewrite Rabs_mult, Rabs_pos_eq by (apply pow_le; lra).
    assert (Hw : 0 <= beta2 ^ (t - i)) by (apply pow_le; lra).
    specialize (HL i t Hi). nra. }
  split; [|split].
  - unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ _)) by (left; apply Rinv_0_lt_compat; lra).
    apply Rmult_le_reg_r with (1 - beta2 ^ t); [lra|].
    rewrite Rmult_assoc, Rinv_l by lra. lra.
  - apply Rmult_le_reg_r with (1 - beta2 ^ t); [lra|]. rewrite Rmult_0_l, <- Hage.
    apply Rmult_le_pos; [lra|]. apply sum_nonneg; intros i Hi.
    apply Rmult_le_pos; [apply pow_le; lra|]. assert (INR i <= INR t) by (apply le_INR; lia). lra.
  - unfold lag. assert (0 < INR t * beta2 ^ t / (1 - beta2 ^ t)).
    { apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; lra. }
    lra.
Qed.

(** N13. Linear drift attains the bound: v-hat_t is right, but lag rounds late. *)
Theorem lag_of_linear_drift : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 a c t,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  (forall i, (1 <= i)%nat -> E (fun w => g i w ^ 2) = a + c * INR i) ->
  0 <= beta2 < 1 -> (1 <= t)%nat ->
  E (v alpha beta1 beta2 eps theta0 g t) / (1 - beta2 ^ t) = a + c * (INR t - lag beta2 t).
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 a c t Hg Hq Hb Ht.
  assert (HD := pow_lt_1 beta2 t Hb Ht).
  destruct (zeta_of_linear_drift Omega E g alpha beta1 beta2 eps theta0 a c Hg Hq Hb) as [Hz _].
  specialize (Hz t). cbv beta in Hz.
  replace (E (v alpha beta1 beta2 eps theta0 g t))
    with ((a + c * INR t) * (1 - beta2 ^ t)
          + (c * INR t * beta2 ^ t - c * beta2 / (1 - beta2) * (1 - beta2 ^ t))) by lra.
  unfold lag. field. lra.
Qed.

Lemma lag_limit beta : 0 <= beta < 1 -> Un_cv (lag beta) (beta / (1 - beta)).
Proof.
  intros Hb e He.
  destruct (linear_pow_tends_to_0 beta Hb (e * (1 - beta))) as [T K];
    [apply Rmult_lt_0_compat; lra|].
  exists (S T). intros t Ht. specialize (K t ltac:(lia)). unfold R_dist in *.
  (* What is subtracted in lag is at most t beta^t / (1 - beta). *)
  assert (Hp : beta ^ t <= beta).
  { destruct t as [|t]; [lia|]. simpl. assert (beta ^ t <= 1) by (apply pow_le_1; lra). nra. }
  assert (Hx : 0 <= INR t * beta ^ t) by (apply Rmult_le_pos; [apply pos_INR | apply pow_le; lra]).
  rewrite Rminus_0_r, Rabs_pos_eq in K by assumption.
  unfold lag. set (x := INR t * beta ^ t) in *. set (D := 1 - beta ^ t).
  replace (beta / (1 - beta) - x / D - beta / (1 - beta)) with (- (x / D)) by ring.
  assert (HD : 1 - beta <= D) by (unfold D; lra).
  rewrite Rabs_Ropp, Rabs_pos_eq
    by (apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat]; lra).
  apply Rmult_lt_reg_r with D; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply Rlt_le_trans with (e * (1 - beta)); [exact K | apply Rmult_le_compat_l; lra].
Qed.

(** The squares of the weights of a corrected average. *)
Lemma squared_weights beta t : 0 <= beta < 1 -> (1 <= t)%nat ->
  \sum_(i <= t) ((1 - beta) * beta ^ (t - i) / (1 - beta ^ t)) ^ 2
  = (1 - beta) * (1 + beta ^ t) / ((1 + beta) * (1 - beta ^ t)).
Proof.
  intros Hb Ht. assert (HD := pow_lt_1 beta t Hb Ht).
  rewrite (sum_ext _ (fun i => (1 - beta) ^ 2 / (1 - beta ^ t) ^ 2 * (beta ^ 2) ^ (t - i))).
  - rewrite sum_scale. assert (HW := geometric_weights (beta ^ 2) t).
    rewrite <- pow_mult, Nat.mul_comm, pow_mult in HW.
    assert (Hs : \sum_(i <= t) (beta ^ 2) ^ (t - i) = (1 - (beta ^ t) ^ 2) / (1 - beta ^ 2)).
    { rewrite <- HW. field. nra. }
    rewrite Hs. field. repeat split; nra.
  - intros i _. rewrite <- pow_mult, Nat.mul_comm, pow_mult. field. lra.
Qed.

(** The variance of a corrected average of uncorrelated variables of equal mean and variance. *)
Lemma variance_of_average {Omega} (E : expectation Omega) (X : nat -> Omega -> R) beta mu s t :
  0 <= beta < 1 -> (1 <= t)%nat ->
  (forall i j, (1 <= i)%nat -> (1 <= j)%nat ->
     integrable E (fun w => (X i w - mu) * (X j w - mu))) ->
  (forall i j, (1 <= i < j)%nat -> E (fun w => (X i w - mu) * (X j w - mu)) = 0) ->
  (forall i, (1 <= i)%nat -> E (fun w => (X i w - mu) * (X i w - mu)) = s) ->
  E (fun w => (average beta (fun i => X i w) t / (1 - beta ^ t) - mu) ^ 2)
  = s * ((1 - beta) * (1 + beta ^ t) / ((1 + beta) * (1 - beta ^ t))).
Proof.
  intros Hb Ht HI H0 Hs. assert (HD := pow_lt_1 beta t Hb Ht).
  rewrite <- squared_weights by assumption.
  set (c i := (1 - beta) * beta ^ (t - i) / (1 - beta ^ t)).
  change (E (fun w => (average beta (fun i => X i w) t / (1 - beta ^ t) - mu) ^ 2)
          = s * (\sum_(i <= t) c i ^ 2)).
  rewrite <- (proj2 (mean_square_sum E c (fun i w => X i w - mu) s t HI H0 Hs)).
  f_equal. apply functional_extensionality; intros w. f_equal.
  rewrite (sum_ext _ (fun i => c i * X i w - mu * c i)) by (intros; ring).
  rewrite sum_minus, sum_scale. unfold c.
  rewrite sum_div, sum_scale, geometric_weights, average_sum.
  rewrite (sum_ext (fun i => (1 - beta) * beta ^ (t - i) / (1 - beta ^ t) * X i w)
                   (fun i => (1 - beta) * beta ^ (t - i) * X i w / (1 - beta ^ t)))
    by (intros; field; lra).
  rewrite sum_div. field. lra.
Qed.

(** N13. Of uncorrelated squares of equal mean q and variance s, v-hat_t has the variance s / N_t,
    that of a mean of N_t of them, where N_t = (1 + beta2) (1 - beta2^t) / ((1 - beta2)
    (1 + beta2^t)); the limit of N_t is (1 + beta2) / (1 - beta2), one and twice the limit of the
    lag. (The equation holds of the squares' deviations from any q; that q is their mean makes them
    variances.) *)
Theorem variance_of_v_hat : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 q s,
  0 <= beta2 < 1 ->
  let dev i w := g i w ^ 2 - q in
  (forall i j, (1 <= i)%nat -> (1 <= j)%nat -> integrable E (fun w => dev i w * dev j w)) ->
  (forall i j, (1 <= i < j)%nat -> E (fun w => dev i w * dev j w) = 0) ->
  (forall i, (1 <= i)%nat -> E (fun w => dev i w * dev i w) = s) ->
  let N t := (1 + beta2) * (1 - beta2 ^ t) / ((1 - beta2) * (1 + beta2 ^ t)) in
  (forall t, (1 <= t)%nat ->
     E (fun w => (v alpha beta1 beta2 eps theta0 g t w / (1 - beta2 ^ t) - q) ^ 2) = s / N t) /\
  Un_cv N ((1 + beta2) / (1 - beta2)) /\ Un_cv (lag beta2) (beta2 / (1 - beta2)) /\
  (1 + beta2) / (1 - beta2) = 1 + 2 * (beta2 / (1 - beta2)).
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 q s Hb dev HI H0 Hs N. split; [|split; [|split]].
  - intros t Ht. assert (HD := pow_lt_1 beta2 t Hb Ht).
    assert (Hp : 0 <= beta2 ^ t) by (apply pow_le; lra).
    replace (s / N t)
      with (s * ((1 - beta2) * (1 + beta2 ^ t) / ((1 + beta2) * (1 - beta2 ^ t))))
      by (unfold N; field; lra).
    rewrite <- (variance_of_average E (fun i w => g i w ^ 2) beta2 q s t Hb Ht HI H0 Hs).
    rewrite v_sum. f_equal. apply functional_extensionality; intros w.
    rewrite (average_sum beta2 (fun i => g i w ^ 2)). reflexivity.
  - assert (Hpow := pow_tends_to_0 beta2 Hb).
    assert (Hneg := minus_tends_to_0 _ Hpow).
    assert (H := quotient_tends_to_1 _ _ Hneg Hneg).
    intros e He. set (c := (1 + beta2) / (1 - beta2)).
    assert (Hc : 0 < c) by (apply Rdiv_lt_0_compat; lra).
    destruct (H (e / c)) as [T K]; [apply Rdiv_lt_0_compat; assumption|].
    exists T. intros t Ht. specialize (K t Ht). unfold R_dist in *.
    assert (Hp : 0 <= beta2 ^ t) by (apply pow_le; lra).
    replace (N t - c) with (c * ((1 + - beta2 ^ t) / (1 - - beta2 ^ t) - 1))
      by (unfold N, c; field; lra).
    rewrite Rabs_mult, (Rabs_pos_eq c) by lra.
    apply (Rmult_lt_compat_l c) in K; [|assumption].
    replace (c * (e / c)) with e in K by (field; lra). exact K.
  - apply lag_limit. assumption.
  - field. lra.
Qed.

(** C14. What is true of "can be kept small": for second moments that move by at most L a round and
    any e > 0, some 0 < beta2 < 1, which depends on L and e alone, keeps the error of v-hat_t, that
    is zeta_t / (1 - beta2^t), within e, in all rounds. (The smaller e is, the smaller is this
    beta2, and the fewer gradients are averaged: N13.) *)
Theorem zeta_can_be_kept_small_under_slow_drift : forall L e, 0 <= L -> 0 < e ->
  exists beta2, 0 < beta2 < 1 /\
  forall Omega (E : expectation Omega) (g : nat -> Omega -> R) alpha beta1 eps theta0 t,
  (forall i, (1 <= i)%nat -> integrable E (fun w => g i w ^ 2)) ->
  let q i := E (fun w => g i w ^ 2) in
  (forall i j, (1 <= i <= j)%nat -> Rabs (q i - q j) <= L * (INR j - INR i)) ->
  (1 <= t)%nat ->
  Rabs (E (v alpha beta1 beta2 eps theta0 g t) / (1 - beta2 ^ t) - q t) <= e.
Proof.
  intros L e HL He. set (b := e / (e + L + 1)).
  assert (Hb : 0 < b < 1).
  { split; [apply Rdiv_lt_0_compat; lra|]. apply Rmult_lt_reg_r with (e + L + 1); [lra|].
    unfold b. field_simplify; lra. }
  exists b. split; [exact Hb|]. intros Omega E g alpha beta1 eps theta0 t Hg q Hq Ht.
  destruct (error_of_v_hat Omega E g alpha beta1 b eps theta0 L t Hg Hq Hb Ht) as [H [_ Hlag]].
  (* L times b / (1 - b) = e / (L + 1). *)
  assert (Hx : b / (1 - b) * (L + 1) = e) by (unfold b; field; lra).
  assert (Hx0 : 0 < b / (1 - b)) by (apply Rdiv_lt_0_compat; lra).
  assert (L * lag b t <= L * (b / (1 - b))) by (apply Rmult_le_compat_l; lra).
  apply Rle_trans with (L * lag b t); [exact H | lra].
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

(** F_t is compared with a number c by squares. *)
Lemma factor_square beta1 beta2 t : 0 <= beta1 < 1 -> 0 <= beta2 < 1 -> (1 <= t)%nat ->
  0 < factor beta1 beta2 t /\
  factor beta1 beta2 t ^ 2 * (1 - beta2 ^ t) = (1 - beta1 ^ t) ^ 2 /\ 0 < 1 - beta2 ^ t.
Proof.
  intros H1 H2 Ht. assert (HD1 := pow_lt_1 beta1 t H1 Ht). assert (HD2 := pow_lt_1 beta2 t H2 Ht).
  assert (Hs : 0 < sqrt (1 - beta2 ^ t)) by (apply sqrt_lt_R0; lra).
  assert (Hq := sqrt_sqrt (1 - beta2 ^ t) ltac:(lra)). unfold factor.
  split; [apply Rdiv_lt_0_compat; lra|]. split; [|lra]. rewrite <- Hq at 2. field. lra.
Qed.

Lemma factor_lt beta1 beta2 t c : 0 <= beta1 < 1 -> 0 <= beta2 < 1 -> (1 <= t)%nat -> 0 <= c ->
  factor beta1 beta2 t < c <-> (1 - beta1 ^ t) ^ 2 < c ^ 2 * (1 - beta2 ^ t).
Proof.
  intros H1 H2 Ht Hc. destruct (factor_square beta1 beta2 t H1 H2 Ht) as [HF [<- HD]].
  set (F := factor beta1 beta2 t) in *. clearbody F. split; intros H.
  - apply Rmult_lt_compat_r; [assumption|]. nra.
  - apply Rmult_lt_reg_r in H; [|assumption]. nra.
Qed.

Lemma lt_factor beta1 beta2 t c : 0 <= beta1 < 1 -> 0 <= beta2 < 1 -> (1 <= t)%nat -> 0 <= c ->
  c < factor beta1 beta2 t <-> c ^ 2 * (1 - beta2 ^ t) < (1 - beta1 ^ t) ^ 2.
Proof.
  intros H1 H2 Ht Hc. destruct (factor_square beta1 beta2 t H1 H2 Ht) as [HF [<- HD]].
  set (F := factor beta1 beta2 t) in *. clearbody F. split; intros H.
  - apply Rmult_lt_compat_r; [assumption|]. nra.
  - apply Rmult_lt_reg_r in H; [|assumption]. nra.
Qed.

Lemma pow_falls q n t : 0 <= q <= 1 -> (n <= t)%nat -> q ^ t <= q ^ n.
Proof.
  intros Hq Ht. replace t with (n + (t - n))%nat by lia. rewrite pow_add.
  assert (0 <= q ^ n) by (apply pow_le; lra). assert (q ^ (t - n) <= 1) by (apply pow_le_1; lra).
  nra.
Qed.

(** 0.999^3924, by squaring; N.to_nat because its numbers are binary. *)
Lemma power_bounds x n k l u l' u' : l <= x ^ N.to_nat n <= u ->
  0 <= x -> 0 <= l -> l' <= l * l * x ^ N.to_nat k -> u * u * x ^ N.to_nat k <= u' ->
  l' <= x ^ N.to_nat (2 * n + k) <= u'.
Proof.
  intros Hn Hx Hl H1 H2. replace (2 * n + k)%N with (n + n + k)%N by lia.
  rewrite !N2Nat.inj_add, !pow_add.
  assert (0 <= x ^ N.to_nat k) by (apply pow_le; assumption).
  split.
  - apply Rle_trans with (l * l * x ^ N.to_nat k); [exact H1|].
    apply Rmult_le_compat_r; [assumption | apply Rmult_le_compat; lra].
  - apply Rle_trans with (u * u * x ^ N.to_nat k); [|exact H2].
    apply Rmult_le_compat_r; [assumption | apply Rmult_le_compat; lra].
Qed.

Lemma power_3924 : 0.01971 <= 0.999 ^ N.to_nat 3924 <= 0.0197235.
Proof.
  assert (H3 : 0.99700299 <= 0.999 ^ N.to_nat 3 <= 0.99700300) by (simpl; lra).
  assert (H7 : 0.99302094 <= 0.999 ^ N.to_nat 7 <= 0.99302097)
    by (apply (power_bounds _ 3 1 _ _ _ _ H3); clear; simpl; lra).
  assert (H15 : 0.98510449 <= 0.999 ^ N.to_nat 15 <= 0.98510456)
    by (apply (power_bounds _ 7 1 _ _ _ _ H7); clear; simpl; lra).
  assert (H30 : 0.97043085 <= 0.999 ^ N.to_nat 30 <= 0.97043100)
    by (apply (power_bounds _ 15 0 _ _ _ _ H15); clear; simpl; lra).
  assert (H61 : 0.94079429 <= 0.999 ^ N.to_nat 61 <= 0.94079459)
    by (apply (power_bounds _ 30 1 _ _ _ _ H30); clear; simpl; lra).
  assert (H122 : 0.88509389 <= 0.999 ^ N.to_nat 122 <= 0.88509447)
    by (apply (power_bounds _ 61 0 _ _ _ _ H61); clear; simpl; lra).
  assert (H245 : 0.78260780 <= 0.999 ^ N.to_nat 245 <= 0.78260883)
    by (apply (power_bounds _ 122 1 _ _ _ _ H122); clear; simpl; lra).
  assert (H490 : 0.61247496 <= 0.999 ^ N.to_nat 490 <= 0.61247659)
    by (apply (power_bounds _ 245 0 _ _ _ _ H245); clear; simpl; lra).
  assert (H981 : 0.37475045 <= 0.999 ^ N.to_nat 981 <= 0.37475245)
    by (apply (power_bounds _ 490 1 _ _ _ _ H490); clear; simpl; lra).
  assert (H1962 : 0.14043789 <= 0.999 ^ N.to_nat 1962 <= 0.14043940)
    by (apply (power_bounds _ 981 0 _ _ _ _ H981); clear; simpl; lra).
  apply (power_bounds _ 1962 0 _ _ _ _ H1962); clear; simpl; lra.
Qed.

(** F_t > 1.01 until round N if 0.999^N is not too small: between two rounds F_t^2 is at least
    (1 - 0.9^low)^2 / (1 - 0.999^high). *)
Lemma above_until N t : 0.01971 <= 0.999 ^ N -> (1 <= t <= N)%nat -> 1.01 < factor 0.9 0.999 t.
Proof.
  intros HN [Ht HtN]. apply lt_factor; [lra | lra | assumption | lra |].
  assert (Hrange : forall low high x y, (low <= t <= high)%nat -> 0.9 ^ low <= x <= 1 ->
    y <= 0.999 ^ high -> 1.01 ^ 2 * (1 - y) < (1 - x) ^ 2 ->
    1.01 ^ 2 * (1 - 0.999 ^ t) < (1 - 0.9 ^ t) ^ 2).
  { intros low high x y [Hlow Hhigh] Hx Hy H.
    assert (H1 := pow_falls 0.9 low t ltac:(lra) Hlow).
    assert (H2 := pow_falls 0.999 t high ltac:(lra) Hhigh).
    assert ((1 - x) ^ 2 <= (1 - 0.9 ^ t) ^ 2) by (apply pow_incr; lra). lra. }
  destruct (le_lt_dec t 3) as [H3|H3].
  { apply (Hrange 1%nat 3%nat 0.9 0.997); [lia | simpl; lra | simpl; lra | lra]. }
  destruct (le_lt_dec t 12) as [H12|H12].
  { apply (Hrange 3%nat 12%nat 0.73 0.98); [lia | simpl; lra | simpl; lra | lra]. }
  destruct (le_lt_dec t 200) as [H200|H200].
  { apply (Hrange 12%nat 200%nat 0.3 0.8); [lia | simpl; lra | | lra].
    assert (HB := bernoulli (- 0.001) 200 ltac:(lra)). rewrite INR_IZR_INZ in HB. simpl IZR in HB.
    replace (1 + - 0.001) with 0.999 in HB by lra.
    eapply Rle_trans; [|exact HB]. lra. }
  apply (Hrange (20 * 10)%nat N 0.0000001 0.01971); [lia | | exact HN | lra].
  rewrite pow_mult. split; [|lra]. apply Rle_trans with (0.13 ^ 10); [|simpl; lra].
  apply pow_incr. split; [apply pow_le; lra | simpl; lra].
Qed.

(** And F_t < 1.01 after it if 0.999^N is small enough. *)
Lemma below_from N t : 0.999 ^ N <= 0.0197235 -> (S N <= t)%nat -> factor 0.9 0.999 t < 1.01.
Proof.
  intros HN Ht. apply factor_lt; [lra | lra | lia | lra |].
  assert (H1 := pow_falls 0.999 (S N) t ltac:(lra) Ht). simpl in H1.
  assert (0 <= 0.9 ^ t <= 1) by (split; [apply pow_le | apply pow_le_1]; lra). nra.
Qed.

(** F_t < 6.5685202 at the defaults, as a comparison of integers. *)
Definition below_the_peak (t : Z) : bool :=
  ((10 ^ t - 9 ^ t) ^ 2 * 1000 ^ t * (10 ^ 7) ^ 2
   <? 65685202 ^ 2 * (10 ^ t) ^ 2 * (1000 ^ t - 999 ^ t))%Z.

Lemma below_the_peak_is_below t : (1 <= t)%nat -> below_the_peak (Z.of_nat t) = true ->
  factor 0.9 0.999 t < 6.5685202.
Proof.
  intros Ht H. apply factor_lt; [lra | lra | assumption | lra |].
  apply Z.ltb_lt, IZR_lt in H. rewrite !mult_IZR, !minus_IZR in H.
  rewrite <- !(pow_IZR _ 2) in H. rewrite !minus_IZR, <- !pow_IZR in H.
  replace 0.9 with (9 * / 10) by lra. replace 0.999 with (999 * / 1000) by lra.
  rewrite !Rpow_mult_distr, !pow_inv.
  assert (H1 : 0 < 10 ^ t) by (apply pow_lt; lra).
  assert (H2 : 0 < 1000 ^ t) by (apply pow_lt; lra).
  set (a := 9 ^ t) in *. set (b := 10 ^ t) in *. set (c := 999 ^ t) in *. set (d := 1000 ^ t) in *.
  clearbody a b c d.
  apply Rmult_lt_reg_r with (b ^ 2 * d * 10 ^ 14).
  { repeat apply Rmult_lt_0_compat; try apply pow_lt; lra. }
  replace ((1 - a * / b) ^ 2 * (b ^ 2 * d * 10 ^ 14)) with ((b - a) ^ 2 * d * 10 ^ 14)
    by (field; lra).
  replace 6.5685202 with (65685202 * / 10 ^ 7) by lra.
  replace ((65685202 * / 10 ^ 7) ^ 2 * (1 - c * / d) * (b ^ 2 * d * 10 ^ 14))
    with (65685202 ^ 2 * b ^ 2 * (d - c)) by (field; lra).
  lra.
Qed.

(** C16. At the defaults beta1 = 0.9, beta2 = 0.999: F_1 = sqrt 10, the largest is
    F_12 = 6.56852025..., and F_t < 1.01 exactly from t = 3925. *)
Theorem factor_at_the_defaults : let F := factor 0.9 0.999 in
  F 1%nat = sqrt 10 /\ 6.5685202 < F 12%nat < 6.5685203 /\
  (forall t, (1 <= t)%nat -> F t <= F 12%nat) /\
  (forall t, (1 <= t)%nat -> F t < 1.01 <-> 3925 <= INR t).
Proof.
  intros F. assert (Hpeak : 6.5685202 < F 12%nat).
  { apply lt_factor; [lra | lra | lia | lra | simpl; lra]. }
  assert (HN : INR (N.to_nat 3924) = 3924) by (rewrite INR_IZR_INZ, N_nat_Z; reflexivity).
  split; [|split; [split|split; [|intros t Ht; split]]].
  - (* 0.1 / sqrt 0.001 *)
    unfold F, factor. rewrite !pow_1. replace (1 - 0.999) with (1 / 100 * (1 / 10)) by lra.
    replace (1 - 0.9) with (1 / 10) by lra.
    replace (1 / 100) with (1 / 10 * (1 / 10)) by field.
    rewrite sqrt_mult_alt, sqrt_square, sqrt_div_alt, sqrt_1 by lra.
    assert (0 < sqrt 10) by (apply sqrt_lt_R0; lra). field. lra.
  - exact Hpeak.
  - apply factor_lt; [lra | lra | lia | lra | simpl; lra].
  - intros t Ht. destruct (Nat.eq_dec t 12) as [->|Hn]; [lra|].
    apply Rle_trans with 6.5685202; [left | lra].
    destruct (le_lt_dec 30 t) as [H30|H30].
    + apply factor_lt; [lra | lra | assumption | lra |].
      (* From round 30 on F_t^2 is at most 1 / (1 - 0.999^30). *)
      assert (H1 := pow_falls 0.999 30 t ltac:(lra) H30).
      assert (H2 : 0.999 ^ 30 < 0.971) by (simpl; lra).
      assert (0 <= 0.9 ^ t <= 1) by (split; [apply pow_le | apply pow_le_1]; lra).
      assert ((1 - 0.9 ^ t) ^ 2 <= 1 ^ 2) by (apply pow_incr; lra). lra.
    + apply below_the_peak_is_below; [assumption|].
      assert (Hall : List.forallb (fun n => orb (n =? 12)%nat (below_the_peak (Z.of_nat n)))
                       (List.seq 1 29) = true) by (vm_compute; reflexivity).
      rewrite List.forallb_forall in Hall. specialize (Hall t).
      rewrite List.in_seq, (proj2 (Nat.eqb_neq t 12) Hn) in Hall. apply Hall. lia.
  - intros Hlt. apply Rnot_lt_le. intros H. apply Rlt_not_le in Hlt.
    apply Hlt, Rlt_le, (above_until (N.to_nat 3924)); [apply power_3924|].
    split; [assumption|]. apply Nat.lt_succ_r, INR_lt. rewrite S_INR, HN. lra.
  - intros H. apply (below_from (N.to_nat 3924)); [apply power_3924|].
    apply INR_le. rewrite S_INR, HN. lra.
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

Lemma first_uncorrected_step alpha beta1 beta2 theta0 g :
  0 <= beta1 < 1 -> 0 <= beta2 < 1 -> 0 <= alpha 1%nat -> g 1%nat <> 0 ->
  Rabs (delta (uncorrected_run alpha beta1 beta2 0 theta0 g) 1)
  = alpha 1%nat * (1 - beta1) / sqrt (1 - beta2).
Proof.
  intros H1 H2 Ha Hg. rewrite uncorrected_delta, Rplus_0_r by lia. unfold average; simpl.
  replace ((1 - beta2) * (0 + 1 * (g 1%nat * (g 1%nat * 1)))) with ((1 - beta2) * (g 1%nat)²)
    by (unfold Rsqr; ring).
  rewrite sqrt_mult_alt, sqrt_Rsqr_abs, Rabs_Ropp by lra.
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hg' : 0 < Rabs (g 1%nat)) by (apply Rabs_pos_lt; assumption).
  replace (alpha 1%nat
           * ratio ((1 - beta1) * (0 + 1 * g 1%nat)) (sqrt (1 - beta2) * Rabs (g 1%nat)))
    with (alpha 1%nat * (1 - beta1) / sqrt (1 - beta2) * (g 1%nat / Rabs (g 1%nat)))
    by (unfold ratio; field; lra).
  rewrite Rabs_mult, (Rabs_pos_eq (_ / sqrt _)).
  - unfold Rdiv at 2. rewrite Rabs_mult, Rabs_inv, Rabs_Rabsolu. field. lra.
  - apply Rmult_le_pos; [nra | left; apply Rinv_0_lt_compat; assumption].
Qed.

(** Section 3, last sentence: "it is exactly this case of small beta2 where a lack of
    initialisation bias correction would lead to initial steps that are much larger". At least they
    would have to be longer than alpha, the length of the corrected first step, if beta2 is small
    enough. *)
Definition small_beta2_makes_the_first_step_larger (beta1 : R) : Prop :=
  exists small, 0 < small <= 1 /\
  forall alpha beta2 theta0 g, 0 < alpha -> 0 < beta2 < small -> g 1%nat <> 0 ->
    alpha < Rabs (delta (uncorrected_run (fun _ => alpha) beta1 beta2 0 theta0 g) 1).

(** C15. "It is exactly this case of small beta2 where a lack of initialisation bias correction
    would lead to initial steps that are much larger": refuted as printed, for every
    0 < beta1 < 1. (If beta1 = 0 the first step has the length alpha / sqrt(1 - beta2): more than
    alpha, but near it for small beta2, not "much larger".) *)
Theorem small_beta2_refuted : forall beta1, 0 < beta1 < 1 ->
  ~ small_beta2_makes_the_first_step_larger beta1.
Proof.
  intros beta1 H1 [small [Hs K]].
  (* A beta2 below beta1 too: then sqrt(1 - beta2) >= 1 - beta2 > 1 - beta1. *)
  set (b := Rmin (small / 2) (beta1 / 2)).
  assert (M1 := Rmin_l (small / 2) (beta1 / 2)). assert (M2 := Rmin_r (small / 2) (beta1 / 2)).
  assert (Hb : 0 < b) by (apply Rmin_glb_lt; lra). fold b in M1, M2.
  specialize (K 1 b 0 (fun _ => 1) ltac:(lra) ltac:(lra) ltac:(lra)).
  rewrite (first_uncorrected_step (fun _ => 1)) in K by lra.
  assert (Hr := sqrt_sqrt (1 - b) ltac:(lra)).
  assert (Hr0 : 0 < sqrt (1 - b)) by (apply sqrt_lt_R0; lra).
  set (r := sqrt (1 - b)) in *.
  apply (Rmult_lt_compat_r r) in K; [|assumption].
  replace (1 * (1 - beta1) / r * r) with (1 - beta1) in K by (field; lra).
  assert (r <= 1) by nra. nra.
Qed.

(** C15. The first step is alpha (1 - beta1) / sqrt(1 - beta2), near alpha (1 - beta1) for
    small beta2. Nor is a later step much longer for small beta2: without the correction no step is
    longer than 1 / sqrt(1 - beta2) times the one with it, whatever beta1 is. *)
Theorem small_beta2_steps : forall alpha beta1 beta2 theta0 g,
  (forall t, 0 <= alpha t) -> 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  (g 1%nat <> 0 -> Rabs (delta (uncorrected_run alpha beta1 beta2 0 theta0 g) 1)
                   = alpha 1%nat * (1 - beta1) / sqrt (1 - beta2)) /\
  forall t, (1 <= t)%nat ->
    Rabs (delta (uncorrected_run alpha beta1 beta2 0 theta0 g) t)
    <= 1 / sqrt (1 - beta2) * Rabs (delta (adam_run alpha beta1 beta2 0 theta0 g) t).
Proof.
  intros alpha beta1 beta2 theta0 g Ha H1 H2. split.
  - intros Hg. apply first_uncorrected_step; auto; lra.
  - intros t Ht. rewrite one_factor, Rabs_mult by assumption.
    apply Rmult_le_compat_r; [apply Rabs_pos|].
    assert (HD1 := pow_lt_1 beta1 t H1 Ht). assert (HD2 := pow_lt_1 beta2 t ltac:(lra) Ht).
    assert (Hp : 0 <= beta1 ^ t) by (apply pow_le; lra).
    assert (Hle : beta2 ^ t <= beta2).
    { destruct t as [|t]; [lia|]. simpl.
      assert (beta2 ^ t <= 1) by (apply pow_le_1; lra).
      assert (0 <= beta2 ^ t) by (apply pow_le; lra). nra. }
    assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
    assert (Hss : sqrt (1 - beta2) <= sqrt (1 - beta2 ^ t)) by (apply sqrt_le_1_alt; lra).
    rewrite Rabs_pos_eq by (apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]).
    apply Rmult_le_compat; [lra | left; apply Rinv_0_lt_compat; lra | lra |].
    apply Rinv_le_contravar; assumption.
Qed.

(** C15. A slip of the pen: with small 1 - beta2 in the place of beta2 it holds; the step is then
    as many times alpha as one likes. *)
Theorem small_1_minus_beta2_makes_the_first_step_larger : forall beta1 K, 0 <= beta1 < 1 ->
  exists small, 0 < small <= 1 /\
  forall alpha beta2 theta0 g, 0 < alpha -> 0 < 1 - beta2 < small -> g 1%nat <> 0 ->
    K * alpha < Rabs (delta (uncorrected_run (fun _ => alpha) beta1 beta2 0 theta0 g) 1).
Proof.
  intros beta1 K H1. set (c := (1 - beta1) / (Rabs K + 1)).
  assert (HK : 0 < Rabs K + 1) by (assert (H := Rabs_pos K); lra).
  assert (Hc : 0 < c) by (apply Rdiv_lt_0_compat; lra).
  exists (Rmin 1 (c * c)). assert (M1 := Rmin_l 1 (c * c)). assert (M2 := Rmin_r 1 (c * c)).
  split; [split; [apply Rmin_glb_lt; nra | lra]|].
  intros alpha beta2 theta0 g Ha Hb Hg.
  rewrite (first_uncorrected_step (fun _ => alpha)) by (assumption || lra).
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hsc : sqrt (1 - beta2) < c).
  { rewrite <- (sqrt_square c) by lra. apply sqrt_lt_1_alt. lra. }
  assert (Hprod : (Rabs K + 1) * c = 1 - beta1) by (unfold c; field; lra).
  apply Rmult_lt_reg_r with (sqrt (1 - beta2)); [assumption|].
  replace (alpha * (1 - beta1) / sqrt (1 - beta2) * sqrt (1 - beta2))
    with (alpha * ((Rabs K + 1) * c)) by (rewrite Hprod; field; lra).
  assert (HKK := Rle_abs K).
  replace (K * alpha * sqrt (1 - beta2)) with (alpha * (K * sqrt (1 - beta2))) by ring.
  apply Rmult_lt_compat_l; [assumption|].
  apply Rle_lt_trans with ((Rabs K + 1) * sqrt (1 - beta2));
    [apply Rmult_le_compat_r | apply Rmult_lt_compat_l]; lra.
Qed.

(** phi(t) = (beta2/beta1)^t + beta1^t - 2 has the sign of F_t - 1. *)
Lemma factor_sign beta1 beta2 t : 0 < beta1 < 1 -> 0 < beta2 < 1 -> (1 <= t)%nat ->
  let phi := (beta2 / beta1) ^ t + beta1 ^ t - 2 in
  (phi < 0 -> factor beta1 beta2 t < 1) /\ (0 <= phi -> 1 <= factor beta1 beta2 t) /\
  (0 < phi -> 1 < factor beta1 beta2 t).
Proof.
  intros H1 H2 Ht phi.
  assert (HD1 := pow_lt_1 beta1 t ltac:(lra) Ht). assert (HD2 := pow_lt_1 beta2 t ltac:(lra) Ht).
  assert (Hp : 0 < beta1 ^ t) by (apply pow_lt; lra).
  assert (Hphi : (1 - beta1 ^ t) ^ 2 - (1 - beta2 ^ t) = beta1 ^ t * phi).
  { unfold phi, Rdiv. rewrite Rpow_mult_distr, pow_inv. field. lra. }
  unfold factor. set (s := sqrt (1 - beta2 ^ t)).
  assert (Hs : 0 < s) by (apply sqrt_lt_R0; lra).
  assert (Hss : s * s = 1 - beta2 ^ t) by (apply sqrt_sqrt; lra).
  assert (HF : (1 - beta1 ^ t) / s * s = 1 - beta1 ^ t) by (field; lra).
  rewrite <- Hss in Hphi. set (D := 1 - beta1 ^ t) in *. set (F := D / s) in *.
  assert (HD : 0 < D) by (unfold D; lra). clearbody phi F D s.
  split; [|split]; intros H.
  - assert (D < s) by nra. nra.
  - assert (s <= D) by nra. nra.
  - assert (s < D) by nra. nra.
Qed.

(** phi vanishes at 0 and its increments increase: once it is non-negative, after round 0, it is
    positive ever after. *)
Lemma convex_sign r p n : 0 < r -> 0 < p < 1 -> (1 <= n)%nat ->
  0 <= r ^ n + p ^ n - 2 -> 0 < r ^ S n + p ^ S n - 2.
Proof.
  intros Hr Hp Hn H.
  set (d k := r ^ k * (r - 1) - p ^ k * (1 - p)).
  assert (Hd : forall k, d k < d (S k)).
  { intros k. assert (Hrk : 0 < r ^ k) by (apply pow_lt; lra).
    assert (Hpk : 0 < p ^ k) by (apply pow_lt; lra).
    assert (0 < p ^ k * (1 - p) ^ 2) by (apply Rmult_lt_0_compat; [|apply pow_lt]; lra).
    assert (0 <= r ^ k * (r - 1) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
    unfold d; simpl in *. lra. }
  assert (Hphi : forall k, r ^ S k + p ^ S k - 2 < INR (S k) * d (S k)).
  { induction k as [|k IH].
    - specialize (Hd 0%nat). unfold d in *. simpl in *. lra.
    - assert (Hk := pos_INR (S k)). specialize (Hd (S k)). rewrite (S_INR (S k)).
      assert (r ^ S (S k) + p ^ S (S k) - 2 = r ^ S k + p ^ S k - 2 + d (S k))
        by (unfold d; simpl; ring).
      nra. }
  destruct n as [|n]; [lia|]. specialize (Hphi n).
  assert (Hn0 : 0 < INR (S n)) by (apply INR_pos; lia).
  assert (Hpos : 0 < d (S n)) by nra.
  replace (r ^ S (S n) + p ^ S (S n) - 2) with (r ^ S n + p ^ S n - 2 + d (S n))
    by (unfold d; simpl; ring). lra.
Qed.

Lemma convex_sign_after r p n t : 0 < r -> 0 < p < 1 -> (1 <= n < t)%nat ->
  0 <= r ^ n + p ^ n - 2 -> 0 < r ^ t + p ^ t - 2.
Proof.
  intros Hr Hp [Hn Ht] H. induction Ht as [|t Ht IH]; apply convex_sign; auto; try lia; lra.
Qed.

(** N14. New: the missing correction never shortens a step, or first shortens and then lengthens,
    or always shortens: the decay rates alone decide which. *)
Theorem three_kinds : forall beta1 beta2, 0 < beta1 < 1 -> 0 < beta2 < 1 ->
  let F := factor beta1 beta2 in
  (sqrt (1 - beta2) <= 1 - beta1 -> 1 <= F 1%nat /\ forall t, (2 <= t)%nat -> 1 < F t) /\
  (beta1 < beta2 < 2 * beta1 - beta1 ^ 2 -> exists T, (2 <= T)%nat /\
     (forall t, (1 <= t < T)%nat -> F t < 1) /\ 1 <= F T /\ (forall t, (T < t)%nat -> 1 < F t)) /\
  (beta2 <= beta1 -> forall t, (1 <= t)%nat -> F t < 1).
Proof.
  intros beta1 beta2 H1 H2 F. set (r := beta2 / beta1).
  assert (Hr : 0 < r) by (apply Rdiv_lt_0_compat; lra).
  assert (Hrb : r * beta1 = beta2) by (unfold r; field; lra).
  assert (Hsign : forall t, (1 <= t)%nat -> let phi := r ^ t + beta1 ^ t - 2 in
    (phi < 0 -> F t < 1) /\ (0 <= phi -> 1 <= F t) /\ (0 < phi -> 1 < F t))
    by (intros; apply factor_sign; assumption).
  split; [|split].
  - intros H. assert (Hb : 2 * beta1 - beta1 ^ 2 <= beta2).
    { assert (Hq := sqrt_sqrt (1 - beta2) ltac:(lra)). assert (Hp := sqrt_pos (1 - beta2)). nra. }
    assert (Hphi : 0 <= r ^ 1 + beta1 ^ 1 - 2) by nra.
    split; [apply Hsign; [lia | assumption]|].
    intros t Ht. apply Hsign; [lia|]. apply (convex_sign_after r beta1 1); auto; lia.
  - intros H. assert (Hphi : r ^ 1 + beta1 ^ 1 - 2 < 0) by nra.
    assert (Hr1 : 1 < r) by nra.
    (* The first round in which phi is not negative; there is one, as (1 + x)^n >= 1 + n x. *)
    assert (Hfirst : forall N, (forall t, (1 <= t <= N)%nat -> r ^ t + beta1 ^ t - 2 < 0) \/
      exists T, (1 <= T)%nat /\ 0 <= r ^ T + beta1 ^ T - 2 /\
        forall t, (1 <= t < T)%nat -> r ^ t + beta1 ^ t - 2 < 0).
    { induction N as [|N [IH|IH]]; [left; lia | | right; exact IH].
      destruct (Rlt_le_dec (r ^ S N + beta1 ^ S N - 2) 0) as [Hneg|Hge].
      - left. intros t Ht. destruct (Nat.eq_dec t (S N)) as [->|]; [exact Hneg | apply IH; lia].
      - right. exists (S N). repeat split; [lia | exact Hge | intros t Ht; apply IH; lia]. }
    destruct (exceeded_by_a_natural (1 / (r - 1))) as [N HN].
    destruct (Hfirst (S N)) as [Hall|[T [HT [Hge Hbefore]]]].
    + exfalso. specialize (Hall (S N) ltac:(lia)).
      assert (HB := bernoulli (r - 1) (S N) ltac:(lra)).
      replace (1 + (r - 1)) with r in HB by ring. rewrite S_INR in HB.
      assert (0 < beta1 ^ S N) by (apply pow_lt; lra).
      apply (Rmult_lt_compat_r (r - 1)) in HN; [|lra].
      replace (1 / (r - 1) * (r - 1)) with 1 in HN by (field; lra). nra.
    + exists T. repeat split.
      * destruct T as [|[|T]]; [lia | lra | lia].
      * intros t Ht. apply Hsign; [lia | apply Hbefore; assumption].
      * apply Hsign; assumption.
      * intros t Ht. apply Hsign; [lia|]. apply (convex_sign_after r beta1 T); auto.
  - intros H t Ht. apply Hsign; [assumption|].
    assert (r <= 1) by nra. assert (r ^ t <= 1) by (apply pow_le_1; lra).
    assert (beta1 ^ t < 1) by (apply pow_lt_1; [lra | assumption]). lra.
Qed.

(** ** A decaying beta1 *)

(** f 1 f 2 ... f n. *)
Fixpoint product (f : nat -> R) (n : nat) : R :=
  match n with
  | O => 1
  | S k => product f k * f (S k)
  end.

(** With m_t = beta1_t m_(t-1) + (1 - beta1_t) g_t the weight of g_i in m_t is
    (1 - beta1_i) beta1_(i+1) ... beta1_t; here beta1_s is b s. *)
Definition decayed_weight (b : nat -> R) (t i : nat) : R :=
  (1 - b i) * product (fun s => b (i + s)%nat) (t - i).

Lemma decayed_weight_S b t i : (i <= t)%nat ->
  decayed_weight b (S t) i = b (S t) * decayed_weight b t i.
Proof.
  intros Hi. unfold decayed_weight. replace (S t - i)%nat with (S (t - i)) by lia. simpl.
  replace (i + S (t - i))%nat with (S t) by lia. ring.
Qed.

Lemma decayed_average_S b a t :
  \sum_(i <= S t) decayed_weight b (S t) i * a i
  = b (S t) * (\sum_(i <= t) decayed_weight b t i * a i) + (1 - b (S t)) * a (S t).
Proof.
  rewrite sum_S, <- sum_scale. f_equal.
  - apply sum_ext; intros i Hi. rewrite decayed_weight_S by lia. ring.
  - unfold decayed_weight. rewrite Nat.sub_diag. simpl. ring.
Qed.

Lemma decayed_weights_sum b t : sum (decayed_weight b t) t = 1 - product b t.
Proof.
  induction t as [|t IH]; [simpl; ring|].
  assert (H := decayed_average_S b (fun _ => 1) t). cbv beta in H.
  rewrite !sum_scale_r, IH in H. simpl product. lra.
Qed.

Lemma product_range b n : (forall s, 0 <= b s < 1) -> 0 <= product b n <= 1.
Proof.
  intros Hb. induction n as [|n IH]; simpl; [lra|]. specialize (Hb (S n)). nra.
Qed.

(** The product of the schedule of section 4, beta1_s = beta1 lambda^(s-1). *)
Lemma product_schedule beta1 lam t :
  product (fun s => beta1 * lam ^ (s - 1)) t = beta1 ^ t * lam ^ (t * (t - 1) / 2).
Proof.
  induction t as [|t IH]; [simpl; ring|]. simpl product. rewrite IH.
  replace (S t * (S t - 1) / 2)%nat with (t * (t - 1) / 2 + t)%nat.
  - replace (t - 0)%nat with t by lia. rewrite pow_add. simpl. ring.
  - rewrite <- Nat.div_add by lia. f_equal. nia.
Qed.

Lemma decayed_weight_nonneg b t i : (forall s, 0 <= b s < 1) -> 0 <= decayed_weight b t i.
Proof.
  intros Hb. apply Rmult_le_pos; [specialize (Hb i); lra|]. apply product_range; intros; apply Hb.
Qed.

Lemma decayed_m alpha beta1 beta2 lam eps theta0 g t :
  fst (state (run (fun t => adam_decayed_beta1 (alpha t) (beta1 t) beta2 lam eps t) free theta0
                (0, 0) g t))
  = \sum_(i <= t) decayed_weight (fun s => beta1 s * lam ^ (s - 1)) t i * g i.
Proof.
  induction t as [|t IH]; [reflexivity|]. rewrite run_S, decayed_average_S, <- IH. cbv zeta.
  unfold state. cbn [snd fst]. destruct (snd (run _ _ _ _ _ t)) as [m1 v1]. reflexivity.
Qed.

Definition decayed_run (alpha : nat -> R) (beta1 beta2 lam eps theta0 : R) (g : nat -> R)
    (t : nat) :=
  run (fun t => adam_decayed_beta1 (alpha t) beta1 beta2 lam eps t) free theta0 (0, 0) g t.

(** C18. Section 4 decays beta1_t = beta1 lambda^(t-1), where Algorithm 1 has
    "m-hat_t <- m_t / (1 - beta1^t)". Then this is no bias correction: on constant gradients 1,
    which it ought to estimate as 1, it does so in all rounds if and only if beta1_t is constant,
    that is lambda = 1 or beta1 = 0. Holds under this condition only. (Where it is constant the rule
    has the averages of Algorithm 1, which C13 is about.) *)
Theorem decayed_beta1_correction : forall alpha beta1 beta2 lam eps theta0,
  0 <= beta1 < 1 -> 0 < lam <= 1 ->
  (forall t, (1 <= t)%nat ->
     fst (state (decayed_run alpha beta1 beta2 lam eps theta0 (fun _ => 1) t)) / (1 - beta1 ^ t)
     = 1)
  <-> (lam = 1 \/ beta1 = 0).
Proof.
  intros alpha beta1 beta2 lam eps theta0 H1 Hl.
  assert (Hm : forall t,
    fst (state (decayed_run alpha beta1 beta2 lam eps theta0 (fun _ => 1) t))
    = 1 - beta1 ^ t * lam ^ (t * (t - 1) / 2)).
  { intros t. rewrite <- product_schedule, <- decayed_weights_sum. unfold decayed_run.
    rewrite (decayed_m alpha (fun _ => beta1)). apply sum_ext; intros; ring. }
  split.
  - intros H. specialize (H 2%nat ltac:(lia)). rewrite Hm in H. simpl in H.
    assert (HD : 1 - beta1 * (beta1 * 1) <> 0) by nra.
    assert (Heq : beta1 * beta1 * (1 - lam) = 0).
    { apply (f_equal (fun x => x * (1 - beta1 * (beta1 * 1)))) in H. field_simplify in H; lra. }
    apply Rmult_integral in Heq. destruct Heq as [Heq|Heq]; [right | left; lra].
    apply Rmult_integral in Heq. tauto.
  - intros H t Ht. assert (HD := pow_lt_1 beta1 t H1 Ht). rewrite Hm. destruct H as [->| ->].
    + rewrite pow1. field. lra.
    + rewrite pow_i by lia. field.
Qed.

(** C18. The weights of m_t are then non-negative and sum to 1 - beta1^t lambda^(t(t-1)/2), by
    which it would have to be divided, not to 1 - beta1^t. *)
Theorem decayed_beta1_weights : forall alpha beta1 beta2 lam eps theta0 g t,
  0 <= beta1 < 1 -> 0 < lam <= 1 ->
  let w := decayed_weight (fun s => beta1 * lam ^ (s - 1)) t in
  fst (state (decayed_run alpha beta1 beta2 lam eps theta0 g t)) = \sum_(i <= t) w i * g i /\
  (forall i, 0 <= w i) /\
  sum w t = 1 - beta1 ^ t * lam ^ (t * (t - 1) / 2).
Proof.
  intros alpha beta1 beta2 lam eps theta0 g t H1 Hl w. split; [|split].
  - apply (decayed_m alpha (fun _ => beta1)).
  - intros i. apply decayed_weight_nonneg. intros s.
    assert (0 < lam ^ (s - 1)) by (apply pow_lt; lra).
    assert (lam ^ (s - 1) <= 1) by (apply pow_le_1; lra). nra.
  - unfold w. rewrite decayed_weights_sum, product_schedule. reflexivity.
Qed.

(** C18. An example: beta1 = 9/10, lambda = 1/2 and gradients 1 make m-hat_2 = 119/38 > 3.13. *)
Theorem decayed_beta1_example : forall alpha beta2 eps theta0,
  fst (state (decayed_run alpha (9 / 10) beta2 (1 / 2) eps theta0 (fun _ => 1) 2))
    / (1 - (9 / 10) ^ 2) = 119 / 38.
Proof. intros. unfold decayed_run, state; simpl. field. Qed.

(** The rule with the divisor q_t, for any schedule beta1_1, beta1_2, ...: its lambda is 1. *)
Definition debiased_run (alpha beta1 : nat -> R) (beta2 eps theta0 : R) (g : nat -> R) (t : nat) :=
  run (fun t => adam_decayed_beta1_debiased (alpha t) (beta1 t) beta2 1 eps t) free theta0
    (0, 0, 0) g t.

Lemma debiased_averages alpha beta1 beta2 eps theta0 g t :
  fst (state (debiased_run alpha beta1 beta2 eps theta0 g t))
  = (\sum_(i <= t) decayed_weight beta1 t i * g i, 1 - product beta1 t).
Proof.
  unfold debiased_run. induction t as [|t IH]; [unfold state; simpl; f_equal; ring|].
  rewrite run_S, decayed_average_S. cbv zeta. unfold state at 1. cbn [snd fst].
  destruct (state (run _ _ _ _ _ t)) as [[m1 q1] v1]. simpl in IH. injection IH as -> ->.
  unfold adam_decayed_beta1_debiased, state; simpl. rewrite pow1. f_equal; ring.
Qed.

Lemma debiased_delta alpha beta1 beta2 eps theta0 g t : (1 <= t)%nat ->
  delta (debiased_run alpha beta1 beta2 eps theta0 g) t
  = let '(m, q, v) := state (debiased_run alpha beta1 beta2 eps theta0 g t) in
    - (alpha t * ratio (m / q) (sqrt (v / (1 - beta2 ^ t)) + eps)).
Proof.
  intros Ht. destruct t as [|t]; [lia|]. unfold delta, debiased_run.
  replace (S t - 1)%nat with t by lia. rewrite run_S. cbv zeta.
  destruct (state (run _ _ _ _ _ t)) as [[m1 q1] v1].
  unfold adam_decayed_beta1_debiased, state, point, free. cbn [fst snd]. ring.
Qed.

(** N10. New: for every schedule 0 <= beta1_t < 1 the right divisor is
    q_t = 1 - beta1_1 ... beta1_t > 0, the sum of the weights of m_t; the repaired rule carries it
    along and divides by it. *)
Theorem right_divisor : forall alpha beta1 beta2 eps theta0 g t,
  (forall s, 0 <= beta1 s < 1) -> (1 <= t)%nat ->
  let '(m, q, v) := state (debiased_run alpha beta1 beta2 eps theta0 g t) in
  let w := decayed_weight beta1 t in
  m = \sum_(i <= t) w i * g i /\ (forall i, 0 <= w i) /\ sum w t = q /\
  q = 1 - product beta1 t /\ 0 < q /\
  delta (debiased_run alpha beta1 beta2 eps theta0 g) t
  = - (alpha t * ratio (m / q) (sqrt (v / (1 - beta2 ^ t)) + eps)).
Proof.
  intros alpha beta1 beta2 eps theta0 g t Hb Ht.
  assert (Hs := debiased_averages alpha beta1 beta2 eps theta0 g t).
  destruct (state (debiased_run alpha beta1 beta2 eps theta0 g t)) as [[m1 q1] v1] eqn:Hrun.
  simpl in Hs. injection Hs as -> ->. cbv zeta.
  split; [reflexivity|]. split; [intros i; apply decayed_weight_nonneg; assumption|].
  split; [apply decayed_weights_sum|]. split; [reflexivity|]. split.
  - destruct t as [|t]; [lia|]. simpl.
    assert (H1 := product_range beta1 t Hb). specialize (Hb (S t)). nra.
  - rewrite debiased_delta, Hrun by assumption. reflexivity.
Qed.

(** N10. So the repaired estimate of the first moment is unbiased if the gradients have equal
    means. *)
Theorem right_divisor_is_unbiased : forall Omega (E : expectation Omega) (g : nat -> Omega -> R)
    alpha beta1 beta2 eps theta0 mu t,
  (forall i, (1 <= i)%nat -> integrable E (g i)) ->
  (forall i, (1 <= i)%nat -> E (g i) = mu) ->
  (forall s, 0 <= beta1 s < 1) -> (1 <= t)%nat ->
  E (fun w => let '(m, q, _) := state (debiased_run alpha beta1 beta2 eps theta0
                                         (fun i => g i w) t) in m / q) = mu.
Proof.
  intros Omega E g alpha beta1 beta2 eps theta0 mu t Hg Hmu Hb Ht.
  rewrite <- (mean_sum_equal E (decayed_weight beta1 t) g mu t (1 - product beta1 t));
    try assumption; [|apply decayed_weights_sum|].
  - f_equal. apply functional_extensionality; intros w.
    assert (Hs := debiased_averages alpha beta1 beta2 eps theta0 (fun i => g i w) t).
    destruct (state (debiased_run _ _ _ _ _ _ t)) as [[m1 q1] v1].
    simpl in Hs. injection Hs as -> ->. reflexivity.
  - destruct t as [|t]; [lia|]. simpl.
    assert (H1 := product_range beta1 t Hb). specialize (Hb (S t)). nra.
Qed.
