(** The repaired theorems of AMSGrad (Reddi, Kale & Kumar 2018, Algorithm 2), for all convex losses
    on a box, all gradients, all T: with a beta1 that changes with t, and with a constant one; what
    the text of ICLR 2018 prints without 1/alpha is refuted. First what all such theorems share. *)
From Coq Require Import Reals Lra Lia Psatz.
From Adamlab Require Import sums setting rules.
Open Scope R_scope.

(** ** One coordinate, any non-decreasing metric *)

Lemma difference_nonneg a b : 0 <= b - a -> a <= b.
Proof. lra. Qed.

(** Quotients by a c that may be 0, when what is divided is 0 too. *)
Lemma over_le a b c : 0 <= c -> (c = 0 -> a = 0 /\ b = 0) -> a <= b -> a / c <= b / c.
Proof.
  intros Hc H0 Hab. destruct (Req_dec c 0) as [Hz|Hz].
  - destruct (H0 Hz) as [-> ->]. lra.
  - apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra | assumption].
Qed.

Lemma over_larger_le a c c' : 0 <= a -> 0 <= c <= c' -> (c = 0 -> a = 0) -> a / c' <= a / c.
Proof.
  intros Ha Hc H0. destruct (Req_dec c 0) as [Hz|Hz].
  - rewrite (H0 Hz). unfold Rdiv. lra.
  - apply Rmult_le_compat_l; [assumption|]. apply Rinv_le_contravar; lra.
Qed.

Lemma over_nonneg a c : 0 <= a -> 0 <= c -> (c = 0 -> a = 0) -> 0 <= a / c.
Proof.
  intros Ha Hc H0. destruct (Req_dec c 0) as [Hz|Hz]; [rewrite (H0 Hz); unfold Rdiv; lra|].
  apply Rmult_le_pos; [assumption | left; apply Rinv_0_lt_compat; lra].
Qed.

(** A projected step: with c = psi / alpha. *)
Lemma projected_step l u y x x' m c :
  l <= y <= u -> 0 <= c -> (c = 0 -> m = 0) -> x' = clip l u (x - m / c) ->
  m * (x - y) <= c / 2 * ((x - y) ^ 2 - (x' - y) ^ 2) + m ^ 2 / c / 2.
Proof.
  intros Hy Hc H0 Hx'. destruct (Req_dec c 0) as [Hz|Hz].
  - rewrite (H0 Hz), Hz. unfold Rdiv. lra.
  - assert (Hnear := clip_nearer l u (x - m / c) y Hy). rewrite <- Hx' in Hnear.
    replace (m ^ 2 / c) with (c * (m / c) ^ 2) by (field; assumption).
    assert (Hm : m = c * (m / c)) by (field; assumption).
    rewrite Hm at 1. revert Hnear. generalize (m / c). clear Hx' Hm. intros k Hnear.
    apply (Rmult_le_compat_l c) in Hnear; [|assumption]. lra.
Qed.

(** No step is longer than before its clip. *)
Lemma projected_step_short l u x x' m c :
  l <= x <= u -> 0 <= c -> (c = 0 -> m = 0) -> x' = clip l u (x - m / c) ->
  m * (x - x') <= m ^ 2 / c.
Proof.
  intros Hx Hc H0 Hx'. destruct (Req_dec c 0) as [Hz|Hz].
  - rewrite (H0 Hz). unfold Rdiv. lra.
  - assert (Hnear := clip_nearer l u (x - m / c) x Hx). rewrite <- Hx' in Hnear.
    replace (m ^ 2 / c) with (c * (m / c) ^ 2) by (field; assumption).
    assert (Hm : m = c * (m / c)) by (field; assumption).
    rewrite Hm at 1. revert Hnear. generalize (m / c). clear Hx' Hm. intros k Hnear.
    assert (Hk : k * (x - x') <= k ^ 2) by (assert (H := pow2_ge_0 (k - (x - x'))); lra).
    apply (Rmult_le_compat_l c) in Hk; lra.
Qed.

(** From the gradient to the momentum: g = m' + b (g - m), and Young's inequality. *)
Lemma momentum_step l u y x x' m m' g b c :
  l <= y <= u -> 0 <= c -> 0 <= b < 1 -> (c = 0 -> m = 0 /\ g = 0) ->
  m' = b * m + (1 - b) * g -> x' = clip l u (x - m' / c) ->
  g * (x - y) <= c / 2 * ((x - y) ^ 2 - (x' - y) ^ 2) + b / (1 - b) * c * (x - y) ^ 2 / 2
                 + (b * m ^ 2 + (1 - b) * g ^ 2) / c / 2.
Proof.
  intros Hy Hc Hb H0 Hm' Hx'. destruct (Req_dec c 0) as [Hz|Hz].
  { destruct (H0 Hz) as [-> ->]. rewrite Hz. unfold Rdiv. lra. }
  assert (Hstep : m' * (x - y) <= c / 2 * ((x - y) ^ 2 - (x' - y) ^ 2) + m' ^ 2 / c / 2)
    by (apply (projected_step l u); auto; intros; contradiction).
  assert (Hyoung : b * (g - m) * (x - y)
                   <= b / (1 - b) * c * (x - y) ^ 2 / 2 + b * (1 - b) * (g - m) ^ 2 / c / 2).
  { apply difference_nonneg.
    replace (b / (1 - b) * c * (x - y) ^ 2 / 2 + b * (1 - b) * (g - m) ^ 2 / c / 2
             - b * (g - m) * (x - y))
      with (b * (c * (x - y) - (1 - b) * (g - m)) ^ 2 / (2 * c * (1 - b))) by (field; lra).
    apply over_nonneg.
    - apply Rmult_le_pos; [lra | apply pow2_ge_0].
    - apply Rmult_le_pos; lra.
    - intros H. exfalso. apply (Rmult_integral_contrapositive_currified (2 * c) (1 - b)); lra. }
  replace (g * (x - y)) with (m' * (x - y) + b * (g - m) * (x - y)) by (rewrite Hm'; ring).
  replace ((b * m ^ 2 + (1 - b) * g ^ 2) / c)
    with (m' ^ 2 / c + b * (1 - b) * (g - m) ^ 2 / c) by (rewrite Hm'; field; assumption).
  lra.
Qed.

(** The telescope. *)
Lemma telescope c A D2 T :
  (forall t, 0 <= c t <= c (S t)) -> (forall t, (1 <= t)%nat -> A t <= D2) ->
  \sum_(t <= T) c t * (A t - A (S t)) <= D2 * c T - c T * A (S T).
Proof.
  intros Hc HA. induction T as [|T IH].
  - simpl. assert (H := HA 1%nat (le_n _)). destruct (Hc 0%nat). nra.
  - rewrite sum_S. assert (H := HA (S T) ltac:(lia)). destruct (Hc T). nra.
Qed.

(** Until the first gradient that is not 0, there is no momentum. *)
Lemma momentum_zero (m g b c : nat -> R) :
  (forall t, 0 <= c t <= c (S t)) -> m 0%nat = 0 ->
  (forall t, m (S t) = b (S t) * m t + (1 - b (S t)) * g (S t)) ->
  (forall t, c (S t) = 0 -> g (S t) = 0) ->
  forall t, c t = 0 -> m t = 0.
Proof.
  intros Hc Hm0 Hm Hg t. induction t as [|t IH]; intros H; [assumption|].
  rewrite Hm, Hg by assumption. rewrite IH by (destruct (Hc t); lra). ring.
Qed.

(** The step as the rules print it. *)
Lemma step_over_metric a m psi :
  0 < a -> (psi = 0 -> m = 0) -> a * ratio m psi = m / (psi / a).
Proof.
  intros Ha H0. unfold ratio. destruct (Req_dec psi 0) as [Hz|Hz].
  - rewrite (H0 Hz). unfold Rdiv. ring.
  - field. split; [lra | assumption].
Qed.

Section One_coordinate.
  (** The points x 1, x 2, ... in the interval; what the step follows, m; the metric over alpha_t,
      c, which does not decrease; the comparator y. *)
  Variables (l u y D : R) (x m c : nat -> R).
  Hypothesis box_y : l <= y <= u.
  Hypothesis box_x : l <= x 1%nat <= u.
  Hypothesis sides : u - l <= D.
  Hypothesis metric_grows : forall t, 0 <= c t <= c (S t).
  Hypothesis metric_zero : forall t, c t = 0 -> m t = 0.
  Hypothesis steps : forall t, x (S (S t)) = clip l u (x (S t) - m (S t) / c (S t)).

  Lemma stays t : (1 <= t)%nat -> l <= x t <= u.
  Proof.
    intros Ht. destruct t as [|[|t]]; [lia | assumption |].
    rewrite steps. apply clip_in. lra.
  Qed.

  Lemma distance_le t : (1 <= t)%nat -> 0 <= (x t - y) ^ 2 <= D ^ 2.
  Proof.
    intros Ht. assert (H := stays t Ht). split; [apply pow2_ge_0|].
    rewrite <- (pow2_abs (x t - y)). apply pow_incr. split; [apply Rabs_pos | apply Rabs_le; lra].
  Qed.

  Lemma telescoped T :
    \sum_(t <= T) c t / 2 * ((x t - y) ^ 2 - (x (S t) - y) ^ 2)
    <= D ^ 2 / 2 * c T - c T * (x (S T) - y) ^ 2 / 2.
  Proof.
    assert (H := telescope c (fun t => (x t - y) ^ 2) (D ^ 2) T metric_grows
                   (fun t Ht => proj2 (distance_le t Ht))). simpl in H.
    rewrite (sum_ext _ (fun t => / 2 * (c t * ((x t - y) ^ 2 - (x (S t) - y) ^ 2))))
      by (intros; field).
    rewrite sum_scale. simpl. lra.
  Qed.

  Lemma step_le t :
    m (S t) * (x (S t) - y)
    <= c (S t) / 2 * ((x (S t) - y) ^ 2 - (x (S (S t)) - y) ^ 2) + m (S t) ^ 2 / c (S t) / 2.
  Proof. apply (projected_step l u); auto. apply metric_grows. Qed.

  Lemma telescoped_momenta T :
    \sum_(t <= T) m t * (x t - y)
    <= D ^ 2 / 2 * c T - c T * (x (S T) - y) ^ 2 / 2 + (\sum_(t <= T) m t ^ 2 / c t) / 2.
  Proof.
    assert (Htel := telescoped T).
    apply Rle_trans with (\sum_(t <= T) (c t / 2 * ((x t - y) ^ 2 - (x (S t) - y) ^ 2)
                                         + m t ^ 2 / c t / 2)).
    - apply sum_le. intros [|t] Ht; [lia | apply step_le].
    - rewrite sum_plus, sum_div. lra.
  Qed.

  (** Momentum, with b t for beta_1,t. *)
  Variables (g b : nat -> R).
  Hypothesis b_range : forall t, 0 <= b (S t) < 1.
  Hypothesis momentum_0 : m 0%nat = 0.
  Hypothesis momentum_S : forall t, m (S t) = b (S t) * m t + (1 - b (S t)) * g (S t).
  Hypothesis gradient_zero : forall t, c (S t) = 0 -> g (S t) = 0.

  (** What a zero metric means for the round: all is 0. *)
  Lemma zero_before t : c (S t) = 0 -> m t = 0 /\ g (S t) = 0.
  Proof.
    intros H. split; [|apply gradient_zero; assumption].
    apply metric_zero. destruct (metric_grows t). lra.
  Qed.

  Lemma regret_any_momentum T :
    \sum_(t <= T) g t * (x t - y)
    <= D ^ 2 / 2 * c T + D ^ 2 / 2 * (\sum_(t <= T) b t / (1 - b t) * c t)
       + (\sum_(t <= T) (b t * m (t - 1)%nat ^ 2 + (1 - b t) * g t ^ 2) / c t) / 2.
  Proof.
    assert (Htel := telescoped T).
    assert (0 <= c T * (x (S T) - y) ^ 2 / 2)
      by (destruct (metric_grows T); assert (H' := pow2_ge_0 (x (S T) - y)); nra).
    rewrite <- sum_scale, <- sum_div.
    apply Rle_trans with (\sum_(t <= T) (c t / 2 * ((x t - y) ^ 2 - (x (S t) - y) ^ 2)
        + (D ^ 2 / 2 * (b t / (1 - b t) * c t)
           + (b t * m (t - 1)%nat ^ 2 + (1 - b t) * g t ^ 2) / c t / 2))).
    - apply sum_le. intros [|t] Ht; [lia|]. replace (S t - 1)%nat with t by lia.
      assert (Hstep := momentum_step l u y (x (S t)) (x (S (S t))) (m t) (m (S t)) (g (S t))
        (b (S t)) (c (S t)) box_y (proj1 (metric_grows _)) (b_range t) (zero_before t)
        (momentum_S t) (steps t)).
      assert (0 <= b (S t) / (1 - b (S t)) * c (S t)).
      { apply Rmult_le_pos; [|apply metric_grows]. destruct (b_range t).
        apply over_nonneg; lra. }
      assert (HA := distance_le (S t) ltac:(lia)). clear - Hstep H0 HA.
      assert (b (S t) / (1 - b (S t)) * c (S t) * (x (S t) - y) ^ 2
              <= b (S t) / (1 - b (S t)) * c (S t) * D ^ 2) by (apply Rmult_le_compat_l; lra).
      lra.
    - rewrite !sum_plus. lra.
  Qed.

  (** The rests, when beta_1,t does not rise: q_t m_t^2 / c_t is the potential, q = b / (1 - b). *)
  Lemma rests_falling T :
    (forall t, (1 <= t)%nat -> b (S t) <= b t) ->
    \sum_(t <= T) (b t * m (t - 1)%nat ^ 2 + (1 - b t) * g t ^ 2) / c t
    <= \sum_(t <= T) g t ^ 2 / c t.
  Proof.
    intros Hfall.
    enough (H : (1 <= T)%nat ->
      \sum_(t <= T) (b t * m (t - 1)%nat ^ 2 + (1 - b t) * g t ^ 2) / c t
      + b T / (1 - b T) * m T ^ 2 / c T <= \sum_(t <= T) g t ^ 2 / c t).
    { destruct T as [|T]; [simpl; lra|]. specialize (H ltac:(lia)).
      assert (0 <= b (S T) / (1 - b (S T)) * m (S T) ^ 2 / c (S T)); [|lra].
      apply over_nonneg; [| apply metric_grows | intros H'; rewrite metric_zero; auto; ring].
      apply Rmult_le_pos; [destruct (b_range T); apply over_nonneg; lra | apply pow2_ge_0]. }
    (* one round, of the rule's own m *)
    assert (Hround : forall t,
      (b (S t) * m t ^ 2 + (1 - b (S t)) * g (S t) ^ 2) / c (S t)
      + b (S t) / (1 - b (S t)) * m (S t) ^ 2 / c (S t)
      <= b (S t) / (1 - b (S t)) * m t ^ 2 / c (S t) + g (S t) ^ 2 / c (S t)).
    { intros t. rewrite <- !Rdiv_plus_distr. apply over_le; [apply metric_grows | |].
      - intros H. rewrite (metric_zero (S t) H). destruct (zero_before t H) as [-> ->].
        split; ring.
      - rewrite (momentum_S t). destruct (b_range t). apply difference_nonneg.
        match goal with |- 0 <= ?e =>
          replace e with (b (S t) ^ 2 * (g (S t) - m t) ^ 2) by (field; lra) end.
        apply Rmult_le_pos; apply pow2_ge_0. }
    intros HT. induction HT as [|T HT IH].
    - assert (H := Hround 0%nat). rewrite momentum_0 in H. simpl sum. rewrite momentum_0.
      unfold Rdiv in *. lra.
    - rewrite !sum_S. replace (S T - 1)%nat with T by lia. assert (H := Hround T).
      assert (b (S T) / (1 - b (S T)) * m T ^ 2 / c (S T) <= b T / (1 - b T) * m T ^ 2 / c T);
        [|lra].
      destruct T as [|T]; [lia|]. destruct (b_range T), (b_range (S T)).
      assert (Hq : b (S (S T)) / (1 - b (S (S T))) <= b (S T) / (1 - b (S T))).
      { apply difference_nonneg.
        replace (b (S T) / (1 - b (S T)) - b (S (S T)) / (1 - b (S (S T))))
          with ((b (S T) - b (S (S T))) / ((1 - b (S T)) * (1 - b (S (S T))))) by (field; lra).
        assert (H' := Hfall (S T) ltac:(lia)).
        apply Rmult_le_pos; [lra|]. left. apply Rinv_0_lt_compat, Rmult_lt_0_compat; lra. }
      apply Rle_trans with (b (S T) / (1 - b (S T)) * m (S T) ^ 2 / c (S (S T))).
      + apply over_le; [apply metric_grows | |].
        * intros H'. destruct (zero_before _ H') as [-> _]. split; ring.
        * apply Rmult_le_compat_r; [apply pow2_ge_0 | assumption].
      + apply over_larger_le; [| apply metric_grows | intros H'; rewrite metric_zero; auto; ring].
        apply Rmult_le_pos; [apply over_nonneg; lra | apply pow2_ge_0].
  Qed.

  (** The same for any beta_1,t <= B: the potential has q = B / (1 - B) in all rounds. *)
  Lemma rests_any B T :
    B < 1 -> (forall t, b (S t) <= B) ->
    \sum_(t <= T) (b t * m (t - 1)%nat ^ 2 + (1 - b t) * g t ^ 2) / c t
    <= (\sum_(t <= T) g t ^ 2 / c t) / (1 - B).
  Proof.
    intros HB Hb. assert (0 <= B) by (destruct (b_range 0); specialize (Hb 0%nat); lra).
    enough (Hsum :
      \sum_(t <= T) (b t * m (t - 1)%nat ^ 2 + (1 - b t) * g t ^ 2) / c t
      + B / (1 - B) * m T ^ 2 / c T <= (\sum_(t <= T) g t ^ 2 / c t) / (1 - B)).
    { assert (0 <= B / (1 - B) * m T ^ 2 / c T); [|lra].
      apply over_nonneg; [| apply metric_grows | intros H'; rewrite metric_zero; auto; ring].
      apply Rmult_le_pos; [apply over_nonneg; lra | apply pow2_ge_0]. }
    induction T as [|T IH].
    - simpl sum. rewrite momentum_0. unfold Rdiv. lra.
    - rewrite !sum_S. replace (S T - 1)%nat with T by lia.
      assert (Hround :
        (b (S T) * m T ^ 2 + (1 - b (S T)) * g (S T) ^ 2) / c (S T)
        + B / (1 - B) * m (S T) ^ 2 / c (S T)
        <= B / (1 - B) * m T ^ 2 / c (S T) + g (S T) ^ 2 / (1 - B) / c (S T)).
      { rewrite <- !Rdiv_plus_distr. apply over_le; [apply metric_grows | |].
        - intros H'. rewrite (metric_zero (S T) H'). destruct (zero_before T H') as [-> ->].
          unfold Rdiv. split; ring.
        - rewrite (momentum_S T). destruct (b_range T). specialize (Hb T). apply difference_nonneg.
          match goal with |- 0 <= ?e => replace e with
            (((B - b (S T)) * m T ^ 2 + b (S T) * g (S T) ^ 2
              + B * b (S T) * (1 - b (S T)) * (g (S T) - m T) ^ 2) / (1 - B)) by (field; lra) end.
          assert (Hm := pow2_ge_0 (m T)). assert (Hg := pow2_ge_0 (g (S T))).
          assert (Hd := pow2_ge_0 (g (S T) - m T)).
          apply over_nonneg; [| lra | intros; lra].
          apply Rplus_le_le_0_compat; [apply Rplus_le_le_0_compat|];
            repeat (apply Rmult_le_pos; try lra). }
      assert (B / (1 - B) * m T ^ 2 / c (S T) <= B / (1 - B) * m T ^ 2 / c T).
      { apply over_larger_le; [| apply metric_grows | intros H'; rewrite metric_zero; auto; ring].
        apply Rmult_le_pos; [apply over_nonneg; lra | apply pow2_ge_0]. }
      replace (g (S T) ^ 2 / (1 - B) / c (S T)) with (g (S T) ^ 2 / c (S T) / (1 - B)) in Hround
        by (unfold Rdiv; ring).
      rewrite Rdiv_plus_distr. lra.
  Qed.

  (** Changing beta_1,t: the two forms of the bound. *)
  Lemma momentum_term_le B T :
    B < 1 -> (forall t, b (S t) <= B) ->
    \sum_(t <= T) b t / (1 - b t) * c t <= (\sum_(t <= T) b t * c t) / (1 - B).
  Proof.
    intros HB Hb. rewrite <- sum_div. apply sum_le. intros [|t] Ht; [lia|].
    assert (Hr := b_range t). assert (Hc := metric_grows (S t)). specialize (Hb t).
    replace (b (S t) / (1 - b (S t)) * c (S t)) with (b (S t) * c (S t) / (1 - b (S t)))
      by (unfold Rdiv; ring).
    apply over_larger_le; [apply Rmult_le_pos; lra | lra | intros; lra].
  Qed.

  Lemma regret_falling_momentum B T :
    B < 1 -> (forall t, b (S t) <= B) -> (forall t, (1 <= t)%nat -> b (S t) <= b t) ->
    \sum_(t <= T) g t * (x t - y)
    <= D ^ 2 / 2 * c T + D ^ 2 / (2 * (1 - B)) * (\sum_(t <= T) b t * c t)
       + (\sum_(t <= T) g t ^ 2 / c t) / 2.
  Proof.
    intros HB Hb Hfall. assert (H1 := regret_any_momentum T). assert (H2 := rests_falling T Hfall).
    assert (H3 := Rmult_le_compat_l (D ^ 2) _ _ (pow2_ge_0 D) (momentum_term_le B T HB Hb)).
    replace (D ^ 2 / (2 * (1 - B)) * (\sum_(t <= T) b t * c t))
      with (D ^ 2 * ((\sum_(t <= T) b t * c t) / (1 - B)) / 2) by (field; lra). lra.
  Qed.

  Lemma regret_free_momentum B T :
    B < 1 -> (forall t, b (S t) <= B) ->
    \sum_(t <= T) g t * (x t - y)
    <= D ^ 2 / 2 * c T + D ^ 2 / (2 * (1 - B)) * (\sum_(t <= T) b t * c t)
       + (\sum_(t <= T) g t ^ 2 / c t) / (2 * (1 - B)).
  Proof.
    intros HB Hb. assert (H1 := regret_any_momentum T). assert (H2 := rests_any B T HB Hb).
    assert (H3 := Rmult_le_compat_l (D ^ 2) _ _ (pow2_ge_0 D) (momentum_term_le B T HB Hb)).
    replace (D ^ 2 / (2 * (1 - B)) * (\sum_(t <= T) b t * c t))
      with (D ^ 2 * ((\sum_(t <= T) b t * c t) / (1 - B)) / 2) by (field; lra).
    replace ((\sum_(t <= T) g t ^ 2 / c t) / (2 * (1 - B)))
      with ((\sum_(t <= T) g t ^ 2 / c t) / (1 - B) / 2) by (field; lra). lra.
  Qed.

  (** A constant beta_1: the gradients regrouped into momenta. *)
  Lemma regrouped B T :
    (forall t, b (S t) = B) ->
    (1 - B) * (\sum_(t <= T) g t * (x t - y))
    = (1 - B) * (\sum_(t <= T) m t * (x t - y)) + B * (m T * (x T - y))
      + B * (\sum_(t <= T) m (t - 1)%nat * (x (t - 1)%nat - x t)).
  Proof.
    intros Hb. induction T as [|T IH]; [simpl; rewrite momentum_0; ring|].
    rewrite !sum_S, Rmult_plus_distr_l, IH, (momentum_S T), Hb.
    replace (S T - 1)%nat with T by lia. ring.
  Qed.

  Lemma regret_constant_momentum B T :
    (forall t, b (S t) = B) ->
    \sum_(t <= T) g t * (x t - y)
    <= D ^ 2 / (2 * (1 - B)) * c T
       + (1 + B) / (2 * (1 - B)) * (\sum_(t <= T) m t ^ 2 / c t).
  Proof.
    intros Hb. assert (HB : 0 <= B < 1) by (rewrite <- (Hb 0%nat); apply b_range).
    set (M := \sum_(t <= T) m t ^ 2 / c t).
    assert (Hmomenta := telescoped_momenta T). fold M in Hmomenta.
    assert (Hpositive : 0 <= c T * (x (S T) - y) ^ 2)
      by (apply Rmult_le_pos; [apply metric_grows | apply pow2_ge_0]).
    assert (Hlast : m T * (x T - y) <= c T / 2 * D ^ 2 + m T ^ 2 / c T / 2).
    { destruct T as [|T].
      - rewrite momentum_0. assert (H := metric_grows 0). assert (H' := pow2_ge_0 D).
        assert (0 <= c 0%nat / 2 * D ^ 2) by (apply Rmult_le_pos; lra). unfold Rdiv. lra.
      - assert (H := step_le T). assert (HA := distance_le (S T) ltac:(lia)).
        assert (c (S T) / 2 * (x (S T) - y) ^ 2 <= c (S T) / 2 * D ^ 2)
          by (apply Rmult_le_compat_l; [destruct (metric_grows (S T))|]; lra). lra. }
    assert (Hshort : \sum_(t <= T) m (t - 1)%nat * (x (t - 1)%nat - x t) <= M - m T ^ 2 / c T).
    { unfold M. clear - box_x box_y metric_grows metric_zero steps momentum_0.
      induction T as [|T IH]; [simpl; rewrite momentum_0; unfold Rdiv; lra|].
      rewrite !sum_S. replace (S T - 1)%nat with T by lia.
      assert (m T * (x T - x (S T)) <= m T ^ 2 / c T); [|lra].
      destruct T as [|T]; [rewrite momentum_0; unfold Rdiv; lra|].
      apply (projected_step_short l u); auto using stays with arith. apply metric_grows. }
    apply Rmult_le_reg_l with (1 - B); [lra|]. rewrite (regrouped B T Hb).
    replace ((1 - B) * (D ^ 2 / (2 * (1 - B)) * c T + (1 + B) / (2 * (1 - B)) * M))
      with (D ^ 2 / 2 * c T + (1 + B) / 2 * M) by (field; lra).
    apply (Rmult_le_compat_l (1 - B)) in Hmomenta; [|lra].
    apply (Rmult_le_compat_l B) in Hlast; [|lra]. apply (Rmult_le_compat_l B) in Hshort; [|lra].
    apply (Rmult_le_compat_l (1 - B)) in Hpositive; [|lra].
    assert (0 <= B * (m T ^ 2 / c T))
      by (apply Rmult_le_pos; [lra | apply over_nonneg; [apply pow2_ge_0 | apply metric_grows |]];
          intros H; rewrite metric_zero; auto; ring).
    lra.
  Qed.

  (** The momenta are no larger than the gradients. *)
  Lemma momenta_le_gradients B T :
    (forall t, b (S t) = B) ->
    \sum_(t <= T) m t ^ 2 / c t <= \sum_(t <= T) g t ^ 2 / c t.
  Proof.
    intros Hb. assert (HB : 0 <= B < 1) by (rewrite <- (Hb 0%nat); apply b_range).
    enough (H : (1 - B) * (\sum_(t <= T) m t ^ 2 / c t) + B * (m T ^ 2 / c T)
                <= (1 - B) * (\sum_(t <= T) g t ^ 2 / c t)).
    { apply Rmult_le_reg_l with (1 - B); [lra|].
      assert (0 <= B * (m T ^ 2 / c T)); [|lra].
      apply Rmult_le_pos; [lra | apply over_nonneg; [apply pow2_ge_0 | apply metric_grows |]].
      intros H'. rewrite metric_zero; auto; ring. }
    induction T as [|T IH]; [simpl; rewrite momentum_0; unfold Rdiv; lra|].
    rewrite !sum_S.
    assert (Hround : m (S T) ^ 2 / c (S T)
                     <= B * (m T ^ 2) / c (S T) + (1 - B) * g (S T) ^ 2 / c (S T)).
    { rewrite <- Rdiv_plus_distr. apply over_le; [apply metric_grows | |].
      - intros H. rewrite (metric_zero (S T) H). destruct (zero_before T H) as [-> ->]. split; ring.
      - rewrite (momentum_S T), Hb. apply difference_nonneg.
        match goal with |- 0 <= ?e =>
          replace e with (B * (1 - B) * (g (S T) - m T) ^ 2) by ring end.
        apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply pow2_ge_0]. }
    assert (m T ^ 2 / c (S T) <= m T ^ 2 / c T).
    { apply over_larger_le; [apply pow2_ge_0 | apply metric_grows |].
      intros H. rewrite metric_zero; auto; ring. }
    assert (B * (m T ^ 2 / c (S T)) <= B * (m T ^ 2 / c T)) by (apply Rmult_le_compat_l; lra).
    unfold Rdiv in *. lra.
  Qed.
End One_coordinate.

(** ** All coordinates *)

(** x_t: coordinate i of the points runs the rule on the coordinates i of the gradients, clipped to
    the side from l i to u i of the box; x_1 = x1, and x_(t+1) comes from round t. *)
Definition points {State} (rule : nat -> R -> R -> State -> R * R * State) (state0 : State)
    (l u x1 : vector) (g : nat -> vector) (t : nat) : vector :=
  fun i => point (run rule (clip (l i) (u i)) (x1 i) state0 (fun s => g s i) (t - 1)).

(** What all games of this chapter have: the points x 1, ..., x T are played in a box whose sides
    are at most D_inf, g t is a subgradient of the loss f t at x t, y is any point of the box. *)
Definition game (d T : nat) (l u : vector) (D_inf : R) (f : nat -> vector -> R)
    (x g : nat -> vector) (y : vector) : Prop :=
  in_box d l u (x 1%nat) /\ in_box d l u y
  /\ (forall i, (1 <= i <= d)%nat -> u i - l i <= D_inf)
  /\ (forall t, (1 <= t <= T)%nat -> subgradient d l u (f t) (x t) (g t)).

(** The norm of coordinate i of the first T gradients. *)
Definition norm (g : nat -> vector) (T i : nat) : R := sqrt (\sum_(t <= T) g t i ^ 2).

Lemma regret_by_coordinates d T l u D_inf f x g y B :
  game d T l u D_inf f x g y ->
  (forall i, (1 <= i <= d)%nat -> \sum_(t <= T) g t i * (x t i - y i) <= B i) ->
  regret f x y T <= sum B d.
Proof.
  intros (_ & Hy & _ & Hg) HB. eapply Rle_trans; [apply (regret_le_linear d l u); eassumption|].
  rewrite (sum_swap (fun t i => g t i * (x t i - y i))). apply sum_le. exact HB.
Qed.

(** C22's second inequality. *)
Lemma sum_over_roots a T :
  (1 <= T)%nat ->
  \sum_(t <= T) Rabs (a t) / sqrt (INR t) <= sqrt (1 + ln (INR T)) * sqrt (\sum_(t <= T) a t ^ 2).
Proof.
  intros HT. eapply Rle_trans; [apply Rle_abs|]. unfold Rdiv.
  eapply Rle_trans; [apply cauchy_schwarz_sqrt|]. rewrite Rmult_comm.
  rewrite (sum_ext (fun t => Rabs (a t) ^ 2) (fun t => a t ^ 2)) by (intros; apply pow2_abs).
  apply Rmult_le_compat_r; [apply sqrt_pos|]. apply sqrt_le_1_alt.
  eapply Rle_trans; [|apply harmonic_le; assumption]. right. apply sum_ext. intros t Ht.
  assert (H := INR_pos t ltac:(lia)). rewrite pow_inv, pow2_sqrt by lra. unfold Rdiv. ring.
Qed.

(** ** AMSGrad *)

Definition alpha_ (alpha : R) (t : nat) : R := alpha / sqrt (INR t).

(** The printed rule in one coordinate, with alpha_t = alpha / sqrt t and any beta_1,t. *)
Definition amsgrad_rule alpha (beta1_ : nat -> R) beta2 (t : nat) :=
  amsgrad (alpha_ alpha t) (beta1_ t) beta2 t.

Section Play.
  (** A rule in the box from l to u, started at x1; its state is (m, v, v_hat), at first 0. *)
  Variable rule : nat -> R -> R -> R * R * R -> R * R * (R * R * R).
  Variables (l u x1 : vector) (g : nat -> vector).

  Definition coordinate (i t : nat) :=
    run rule (clip (l i) (u i)) (x1 i) (0, 0, 0) (fun s => g s i) t.

  (** x_t, which is the point after t - 1 rounds, and v_hat_t. *)
  Definition played : nat -> vector := points rule (0, 0, 0) l u x1 g.
  Definition v_hats (t : nat) : vector := fun i => snd (state (coordinate i t)).
End Play.

Lemma alpha_pos alpha t : 0 < alpha -> 0 < alpha_ alpha (S t).
Proof.
  intros H. unfold alpha_. apply Rdiv_lt_0_compat; [assumption|].
  apply sqrt_lt_R0, INR_pos. lia.
Qed.

Lemma gamma_below_1 beta1 beta2 : 0 < beta2 -> beta1 ^ 2 / beta2 < 1 -> beta1 ^ 2 < beta2.
Proof.
  intros H0 H. apply (Rmult_lt_compat_l beta2) in H; [|assumption].
  replace (beta2 * (beta1 ^ 2 / beta2)) with (beta1 ^ 2) in H by (field; lra). lra.
Qed.

Section Coordinate.
  Variables (alpha beta2 l u x1 : R) (beta1_ g : nat -> R).
  Hypothesis alpha_positive : 0 < alpha.
  Hypothesis beta2_range : 0 <= beta2 < 1.

  Let after t := run (amsgrad_rule alpha beta1_ beta2) (clip l u) x1 (0, 0, 0) g t.
  Let x t := point (after (t - 1)).
  Let m t := fst (fst (state (after t))).
  Let v t := snd (fst (state (after t))).
  Let v_hat t := snd (state (after t)).
  Let c t := sqrt (v_hat t) / alpha_ alpha t.

  Lemma amsgrad_round t :
    m (S t) = beta1_ (S t) * m t + (1 - beta1_ (S t)) * g (S t)
    /\ v (S t) = beta2 * v t + (1 - beta2) * (g (S t) * g (S t))
    /\ v_hat (S t) = Rmax (v_hat t) (v (S t))
    /\ x (S (S t))
       = clip l u (x (S t) - alpha_ alpha (S t) * ratio (m (S t)) (sqrt (v_hat (S t)))).
  Proof.
    unfold x, m, v, v_hat, after. replace (S (S t) - 1)%nat with (S t) by lia.
    replace (S t - 1)%nat with t by lia. cbn [run].
    destruct (run _ _ _ _ _ t) as [[p q] [[a b] h]].
    unfold amsgrad_rule, amsgrad, point, state. cbn [fst snd]. repeat split; reflexivity.
  Qed.

  Lemma amsgrad_m t : m (S t) = beta1_ (S t) * m t + (1 - beta1_ (S t)) * g (S t).
  Proof. apply amsgrad_round. Qed.

  Lemma v_nonneg t : 0 <= v t.
  Proof.
    induction t as [|t IH]; [apply Rle_refl|].
    destruct (amsgrad_round t) as (_ & -> & _).
    assert (0 <= g (S t) * g (S t)) by (apply Rle_0_sqr).
    apply Rplus_le_le_0_compat; apply Rmult_le_pos; lra.
  Qed.

  Lemma v_hat_grows t : v_hat t <= v_hat (S t).
  Proof. destruct (amsgrad_round t) as (_ & _ & -> & _). apply Rmax_l. Qed.

  Lemma v_le_v_hat t : v t <= v_hat t.
  Proof.
    destruct t as [|t]; [apply Rle_refl|]. destruct (amsgrad_round t) as (_ & _ & -> & _).
    apply Rmax_r.
  Qed.

  Lemma v_hat_nonneg t : 0 <= v_hat t.
  Proof. apply Rle_trans with (v t); [apply v_nonneg | apply v_le_v_hat]. Qed.

  (** The square of the gradient is seen. *)
  Lemma gradient_seen t : sqrt (1 - beta2) * Rabs (g (S t)) <= sqrt (v_hat (S t)).
  Proof.
    rewrite <- (sqrt_Rsqr_abs (g (S t))), <- sqrt_mult; [| lra | apply Rle_0_sqr].
    apply sqrt_le_1_alt. apply Rle_trans with (v (S t)); [|apply v_le_v_hat].
    destruct (amsgrad_round t) as (_ & -> & _). unfold Rsqr.
    assert (0 <= beta2 * v t) by (apply Rmult_le_pos; [lra | apply v_nonneg]). lra.
  Qed.

  Lemma c_closed t : c t = sqrt (INR t) * sqrt (v_hat t) / alpha.
  Proof.
    destruct t as [|t].
    - unfold c, v_hat, after. simpl. rewrite sqrt_0. unfold Rdiv. ring.
    - unfold c, alpha_. assert (0 < sqrt (INR (S t))) by (apply sqrt_lt_R0, INR_pos; lia).
      field. lra.
  Qed.

  Lemma c_grows t : 0 <= c t <= c (S t).
  Proof.
    rewrite !c_closed. assert (H : 0 < / alpha) by (apply Rinv_0_lt_compat; assumption).
    split; [|apply Rmult_le_compat_r; [lra|]].
    - repeat apply Rmult_le_pos; try apply sqrt_pos; lra.
    - apply Rmult_le_compat; try apply sqrt_pos; apply sqrt_le_1_alt;
        [apply le_INR; lia | apply v_hat_grows].
  Qed.

  Lemma c_zero t : c (S t) = 0 -> sqrt (v_hat (S t)) = 0.
  Proof.
    intros H. assert (Ha := alpha_pos alpha t alpha_positive). unfold c in H.
    replace (sqrt (v_hat (S t)))
      with (sqrt (v_hat (S t)) / alpha_ alpha (S t) * alpha_ alpha (S t)) by (field; lra).
    rewrite H. ring.
  Qed.

  Lemma g_zero t : c (S t) = 0 -> g (S t) = 0.
  Proof.
    intros H. apply c_zero in H. assert (Hs := gradient_seen t). rewrite H in Hs.
    assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
    assert (Hp := Rabs_pos (g (S t))).
    destruct (Req_dec (g (S t)) 0) as [|Hg]; [assumption|]. apply Rabs_pos_lt in Hg. nra.
  Qed.

  (** If v_hat is 0 then so is the momentum: the point does not move. *)
  Lemma m_zero t : c t = 0 -> m t = 0.
  Proof. exact (momentum_zero m g beta1_ c c_grows eq_refl amsgrad_m g_zero t). Qed.

  Lemma x_steps t : x (S (S t)) = clip l u (x (S t) - m (S t) / c (S t)).
  Proof.
    destruct (amsgrad_round t) as (_ & _ & _ & ->). do 2 f_equal.
    apply step_over_metric; [apply alpha_pos; assumption|].
    intros H. apply m_zero. unfold c. rewrite H. unfold Rdiv. ring.
  Qed.

  Lemma squares_sum T :
    (1 <= T)%nat ->
    \sum_(t <= T) g t ^ 2 / c t
    <= alpha * sqrt (1 + ln (INR T)) / sqrt (1 - beta2) * sqrt (\sum_(t <= T) g t ^ 2).
  Proof.
    intros HT. assert (Hr : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
    replace (alpha * sqrt (1 + ln (INR T)) / sqrt (1 - beta2) * sqrt (\sum_(t <= T) g t ^ 2))
      with (alpha / sqrt (1 - beta2) * (sqrt (1 + ln (INR T)) * sqrt (\sum_(t <= T) g t ^ 2)))
      by (unfold Rdiv; ring).
    apply Rle_trans with (\sum_(t <= T) alpha / sqrt (1 - beta2) * (Rabs (g t) / sqrt (INR t))).
    - apply sum_le. intros [|t] Ht; [lia|].
      assert (Hs : 0 < sqrt (INR (S t))) by (apply sqrt_lt_R0, INR_pos; lia).
      destruct (Req_dec (g (S t)) 0) as [Hz|Hz].
      { rewrite Hz, Rabs_R0. unfold Rdiv. right. ring. }
      apply Rabs_pos_lt in Hz.
      replace (alpha / sqrt (1 - beta2) * (Rabs (g (S t)) / sqrt (INR (S t))))
        with (g (S t) ^ 2 / (sqrt (INR (S t)) * (sqrt (1 - beta2) * Rabs (g (S t))) / alpha))
        by (rewrite <- (pow2_abs (g (S t))); field; lra).
      assert (0 < / alpha) by (apply Rinv_0_lt_compat; assumption).
      assert (0 < sqrt (INR (S t)) * (sqrt (1 - beta2) * Rabs (g (S t))) / alpha)
        by (repeat apply Rmult_lt_0_compat; assumption).
      apply over_larger_le; [apply pow2_ge_0 | | intros; lra]. split; [lra|].
      rewrite c_closed. apply Rmult_le_compat_r; [lra|].
      apply Rmult_le_compat_l; [lra | apply gradient_seen].
    - rewrite sum_scale. apply Rmult_le_compat_l; [|apply sum_over_roots; assumption].
      apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; assumption].
  Qed.

  (** N44's sum of squares of momenta: m^2 <= kappa^2 v, kappa = (1 - B) / root. *)
  Lemma momentum_below_metric B t :
    (forall t, beta1_ (S t) = B) -> 0 < beta2 -> B ^ 2 / beta2 < 1 ->
    sqrt ((1 - beta2) * (1 - B ^ 2 / beta2)) * Rabs (m t) <= (1 - B) * sqrt (v_hat t).
  Proof.
    intros HB Hb2 Hgamma.
    assert (Hpos := gamma_below_1 B beta2 Hb2 Hgamma).
    assert (HB1 : B < 1) by nra.
    set (q := (1 - beta2) * (1 - B ^ 2 / beta2)).
    assert (Hq : 0 <= q) by (apply Rmult_le_pos; lra).
    assert (Hsquare : forall s, q * (m s * m s) <= (1 - B) ^ 2 * v s).
    { intros s. induction s as [|s IH].
      - unfold m, v, after. simpl. lra.
      - destruct (amsgrad_round s) as (-> & -> & _). rewrite HB.
        apply (Rmult_le_compat_l beta2) in IH; [|lra].
        assert (Hlost : 0 <= (1 - beta2) / beta2
                             * ((beta2 - B ^ 2) * m s - B * (1 - B) * g (S s)) ^ 2).
        { apply Rmult_le_pos; [apply over_nonneg; lra | apply pow2_ge_0]. }
        apply difference_nonneg.
        replace ((1 - B) ^ 2 * (beta2 * v s + (1 - beta2) * (g (S s) * g (S s)))
                 - q * ((B * m s + (1 - B) * g (S s)) * (B * m s + (1 - B) * g (S s))))
          with (beta2 * ((1 - B) ^ 2 * v s) - beta2 * (q * (m s * m s))
                + (1 - beta2) / beta2 * ((beta2 - B ^ 2) * m s - B * (1 - B) * g (S s)) ^ 2)
          by (unfold q; field; lra).
        lra. }
    rewrite <- (sqrt_Rsqr_abs (m t)), <- sqrt_mult; [| assumption | apply Rle_0_sqr].
    rewrite <- (sqrt_Rsqr (1 - B)) by lra.
    rewrite <- sqrt_mult; [| apply Rle_0_sqr | apply v_hat_nonneg].
    apply sqrt_le_1_alt. unfold Rsqr. eapply Rle_trans; [apply Hsquare|].
    simpl. rewrite Rmult_1_r. apply Rmult_le_compat_l; [apply Rle_0_sqr | apply v_le_v_hat].
  Qed.

  Lemma momenta_over_roots B T :
    (forall t, beta1_ (S t) = B) -> 0 <= B < 1 ->
    \sum_(t <= T) Rabs (m t) / sqrt (INR t) <= \sum_(t <= T) Rabs (g t) / sqrt (INR t).
  Proof.
    intros HB Hr. apply Rmult_le_reg_l with (1 - B); [lra|].
    enough (H : (1 - B) * (\sum_(t <= T) Rabs (m t) / sqrt (INR t))
                + B * (Rabs (m T) / sqrt (INR T))
                <= (1 - B) * (\sum_(t <= T) Rabs (g t) / sqrt (INR t))).
    { assert (0 <= B * (Rabs (m T) / sqrt (INR T))); [|lra]. apply Rmult_le_pos; [lra|].
      destruct T as [|T]; [unfold m, after; simpl; rewrite Rabs_R0; unfold Rdiv; lra|].
      assert (0 < sqrt (INR (S T))) by (apply sqrt_lt_R0, INR_pos; lia).
      apply over_nonneg; [apply Rabs_pos | lra | intros; lra]. }
    assert (Hm0 : Rabs (m 0%nat) = 0) by (unfold m, after; simpl; apply Rabs_R0).
    induction T as [|T IH]; [simpl sum; rewrite Hm0; unfold Rdiv; lra|].
    rewrite !sum_S. assert (Hs : 0 < sqrt (INR (S T))) by (apply sqrt_lt_R0, INR_pos; lia).
    assert (Hround : Rabs (m (S T)) / sqrt (INR (S T))
                     <= B * (Rabs (m T) / sqrt (INR (S T)))
                        + (1 - B) * (Rabs (g (S T)) / sqrt (INR (S T)))).
    { destruct (amsgrad_round T) as (-> & _). rewrite HB. unfold Rdiv. rewrite <- !Rmult_assoc.
      rewrite <- Rmult_plus_distr_r. apply Rmult_le_compat_r.
      - left. apply Rinv_0_lt_compat. assumption.
      - eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
        rewrite (Rabs_pos_eq B), (Rabs_pos_eq (1 - B)) by lra. lra. }
    assert (Rabs (m T) / sqrt (INR (S T)) <= Rabs (m T) / sqrt (INR T)).
    { apply over_larger_le; [apply Rabs_pos | |].
      - split; [apply sqrt_pos | apply sqrt_le_1_alt, le_INR; lia].
      - intros H. destruct T as [|T]; [assumption|].
        assert (0 < sqrt (INR (S T))) by (apply sqrt_lt_R0, INR_pos; lia). lra. }
    assert (B * (Rabs (m T) / sqrt (INR (S T))) <= B * (Rabs (m T) / sqrt (INR T)))
      by (apply Rmult_le_compat_l; lra).
    lra.
  Qed.

  Lemma momenta_sum B T :
    (1 <= T)%nat -> (forall t, beta1_ (S t) = B) -> 0 <= B -> 0 < beta2 -> B ^ 2 / beta2 < 1 ->
    \sum_(t <= T) m t ^ 2 / c t
    <= (1 - B) * (alpha * sqrt (1 + ln (INR T)) / sqrt ((1 - beta2) * (1 - B ^ 2 / beta2)))
       * sqrt (\sum_(t <= T) g t ^ 2).
  Proof.
    intros HT HB HB0 Hb2 Hgamma.
    assert (HB1 : B < 1) by (assert (H := gamma_below_1 B beta2 Hb2 Hgamma); nra).
    set (r := sqrt ((1 - beta2) * (1 - B ^ 2 / beta2))).
    assert (Hr : 0 < r) by (apply sqrt_lt_R0, Rmult_lt_0_compat; lra).
    assert (Ha : 0 < / alpha) by (apply Rinv_0_lt_compat; assumption).
    replace ((1 - B) * (alpha * sqrt (1 + ln (INR T)) / r) * sqrt (\sum_(t <= T) g t ^ 2))
      with ((1 - B) * alpha / r * (sqrt (1 + ln (INR T)) * sqrt (\sum_(t <= T) g t ^ 2)))
      by (field; lra).
    apply Rle_trans with (\sum_(t <= T) (1 - B) * alpha / r * (Rabs (m t) / sqrt (INR t))).
    - apply sum_le. intros [|t] Ht; [lia|].
      assert (Hs : 0 < sqrt (INR (S t))) by (apply sqrt_lt_R0, INR_pos; lia).
      destruct (Req_dec (m (S t)) 0) as [Hz|Hz].
      { rewrite Hz, Rabs_R0. unfold Rdiv. right. ring. }
      apply Rabs_pos_lt in Hz.
      replace ((1 - B) * alpha / r * (Rabs (m (S t)) / sqrt (INR (S t))))
        with (m (S t) ^ 2 / (sqrt (INR (S t)) * (r * Rabs (m (S t)) / (1 - B)) / alpha))
        by (rewrite <- (pow2_abs (m (S t))); field; lra).
      assert (0 < sqrt (INR (S t)) * (r * Rabs (m (S t)) / (1 - B)) / alpha)
        by (repeat apply Rmult_lt_0_compat; try apply Rinv_0_lt_compat; lra).
      apply over_larger_le; [apply pow2_ge_0 | | intros; lra]. split; [lra|].
      rewrite c_closed. apply Rmult_le_compat_r; [lra|].
      apply Rmult_le_compat_l; [lra|]. apply Rmult_le_reg_r with (1 - B); [lra|].
      replace (r * Rabs (m (S t)) / (1 - B) * (1 - B)) with (r * Rabs (m (S t))) by (field; lra).
      rewrite (Rmult_comm _ (1 - B)). apply momentum_below_metric; assumption.
    - rewrite sum_scale. apply Rmult_le_compat_l.
      + repeat apply Rmult_le_pos; try lra. left. apply Rinv_0_lt_compat. assumption.
      + eapply Rle_trans; [apply (momenta_over_roots B); auto|]. apply sum_over_roots. assumption.
  Qed.

  (** The bounds of one coordinate. *)
  Variables (y D : R).
  Hypothesis box_y : l <= y <= u.
  Hypothesis box_x1 : l <= x1 <= u.
  Hypothesis sides : u - l <= D.

  Lemma coordinate_changing B w T :
    (1 <= T)%nat -> B < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= B) ->
    w = / (1 - B) \/ w = 1 /\ (forall t, (1 <= t)%nat -> beta1_ (S t) <= beta1_ t) ->
    \sum_(t <= T) g t * (x t - y)
    <= D ^ 2 * sqrt (INR T) / (2 * alpha) * sqrt (v_hat T)
       + D ^ 2 / (2 * (1 - B)) * (\sum_(t <= T) beta1_ t * sqrt (v_hat t) / alpha_ alpha t)
       + w * (alpha * sqrt (1 + ln (INR T)) / (2 * sqrt (1 - beta2)))
         * sqrt (\sum_(t <= T) g t ^ 2).
  Proof.
    intros HT HB Hb Hw.
    assert (Hrange : forall t, 0 <= beta1_ (S t) < 1)
      by (intros t; specialize (Hb (S t) ltac:(lia)); lra).
    assert (Hle : forall t, beta1_ (S t) <= B)
      by (intros t; specialize (Hb (S t) ltac:(lia)); lra).
    assert (Hw0 : 0 < w).
    { destruct Hw as [-> | [-> _]]; [apply Rinv_0_lt_compat|]; lra. }
    assert (Hmain : \sum_(t <= T) g t * (x t - y)
      <= D ^ 2 / 2 * c T + D ^ 2 / (2 * (1 - B)) * (\sum_(t <= T) beta1_ t * c t)
         + w * ((\sum_(t <= T) g t ^ 2 / c t) / 2)).
    { destruct Hw as [-> | [-> Hfall]].
      - replace (/ (1 - B) * ((\sum_(t <= T) g t ^ 2 / c t) / 2))
          with ((\sum_(t <= T) g t ^ 2 / c t) / (2 * (1 - B))) by (field; lra).
        apply (regret_free_momentum l u y D x m c box_y box_x1 sides c_grows m_zero x_steps);
          auto using g_zero, amsgrad_m.
      - rewrite Rmult_1_l.
        apply (regret_falling_momentum l u y D x m c box_y box_x1 sides c_grows m_zero x_steps);
          auto using g_zero, amsgrad_m. }
    assert (Hsq := squares_sum T HT).
    replace (D ^ 2 * sqrt (INR T) / (2 * alpha) * sqrt (v_hat T)) with (D ^ 2 / 2 * c T)
      by (rewrite c_closed; field; lra).
    rewrite (sum_ext (fun t => beta1_ t * sqrt (v_hat t) / alpha_ alpha t)
                     (fun t => beta1_ t * c t)) by (intros; unfold c, Rdiv; ring).
    apply (Rmult_le_compat_l (w / 2)) in Hsq; [|lra].
    assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
    replace (w * (alpha * sqrt (1 + ln (INR T)) / (2 * sqrt (1 - beta2)))
             * sqrt (\sum_(t <= T) g t ^ 2))
      with (w / 2 * (alpha * sqrt (1 + ln (INR T)) / sqrt (1 - beta2)
                     * sqrt (\sum_(t <= T) g t ^ 2))) by (field; lra).
    lra.
  Qed.

  Lemma coordinate_constant B K T :
    (1 <= T)%nat -> 0 <= B < 1 -> (forall t, beta1_ t = B) ->
    \sum_(t <= T) m t ^ 2 / c t <= (1 - B) * K * sqrt (\sum_(t <= T) g t ^ 2) ->
    \sum_(t <= T) g t * (x t - y)
    <= D ^ 2 * sqrt (INR T) / (2 * alpha * (1 - B)) * sqrt (v_hat T)
       + (1 + B) / 2 * K * sqrt (\sum_(t <= T) g t ^ 2).
  Proof.
    intros HT HB Hb HK.
    assert (Hmain : \sum_(t <= T) g t * (x t - y)
      <= D ^ 2 / (2 * (1 - B)) * c T + (1 + B) / (2 * (1 - B)) * (\sum_(t <= T) m t ^ 2 / c t)).
    { apply (regret_constant_momentum l u y D x m c box_y box_x1 sides c_grows m_zero x_steps
               g beta1_); auto using amsgrad_m. intros. rewrite Hb. lra. }
    apply (Rmult_le_compat_l ((1 + B) / (2 * (1 - B)))) in HK; [|apply over_nonneg; lra].
    replace (D ^ 2 * sqrt (INR T) / (2 * alpha * (1 - B)) * sqrt (v_hat T))
      with (D ^ 2 / (2 * (1 - B)) * c T) by (rewrite c_closed; field; lra).
    replace ((1 + B) / 2 * K * sqrt (\sum_(t <= T) g t ^ 2))
      with ((1 + B) / (2 * (1 - B)) * ((1 - B) * K * sqrt (\sum_(t <= T) g t ^ 2)))
      by (field; lra).
    lra.
  Qed.

  Lemma momenta_sum_free B T :
    (1 <= T)%nat -> 0 <= B < 1 -> (forall t, beta1_ t = B) ->
    \sum_(t <= T) m t ^ 2 / c t
    <= alpha * sqrt (1 + ln (INR T)) / sqrt (1 - beta2) * sqrt (\sum_(t <= T) g t ^ 2).
  Proof.
    intros HT HB Hb. eapply Rle_trans; [|apply squares_sum; assumption].
    apply (momenta_le_gradients m c c_grows m_zero g beta1_) with B;
      auto using g_zero, amsgrad_m. intros. rewrite Hb. lra.
  Qed.

  (** With bounded gradients the metric is bounded. *)
  Lemma v_hat_le G T :
    (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G) -> sqrt (v_hat T) <= Rabs G.
  Proof.
    intros HG. rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt. unfold Rsqr.
    assert (0 <= G * G) by apply Rle_0_sqr.
    enough (H' : v T <= G * G /\ v_hat T <= G * G) by apply H'.
    induction T as [|T IH]; [unfold v, v_hat, after; simpl; lra|].
    destruct IH as [Hv Hh]; [intros; apply HG; lia|].
    assert (Hg : g (S T) * g (S T) <= G * G).
    { specialize (HG (S T) ltac:(lia)).
      assert (H' := pow_maj_Rabs _ _ 2 HG). simpl in H'. lra. }
    destruct (amsgrad_round T) as (_ & Ev & -> & _).
    assert (v (S T) <= G * G).
    { rewrite Ev. apply (Rmult_le_compat_l beta2) in Hv; [|lra].
      apply (Rmult_le_compat_l (1 - beta2)) in Hg; lra. }
    split; [assumption | apply Rmax_lub; assumption].
  Qed.
End Coordinate.


Lemma add_up d T K1 K2 K3 a (e : nat -> nat -> R) n :
  \sum_(i <= d) (K1 * a i + K2 * (\sum_(t <= T) e t i) + K3 * n i)
  = K1 * sum a d + K2 * (\sum_(t <= T) \sum_(i <= d) e t i) + K3 * sum n d.
Proof. rewrite !sum_plus, !sum_scale, (sum_swap e). reflexivity. Qed.

Lemma sum_roots_nonneg a d : 0 <= \sum_(i <= d) sqrt (a i).
Proof. apply sum_nonneg. intros. apply sqrt_pos. Qed.

(** ** The theorems for a beta_1,t that changes *)

Lemma regret_amsgrad_changing :
  forall d T l u D_inf f g x1 y alpha beta1 beta1_ beta2 w,
  let rule := amsgrad_rule alpha beta1_ beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> beta1 < 1 -> 0 <= beta2 < 1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  w = / (1 - beta1) \/ w = 1 /\ (forall t, (1 <= t)%nat -> beta1_ (S t) <= beta1_ t) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (2 * alpha) * (\sum_(i <= d) sqrt (v_hat T i))
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v_hat t i) / alpha_ alpha t)
     + w * (alpha * sqrt (1 + ln (INR T)) / (2 * sqrt (1 - beta2))) * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta1_ beta2 w rule x v_hat HT Ha HB Hb2 Hb Hw Hgame.
  rewrite <- add_up. apply (regret_by_coordinates d T l u D_inf f x g y); [assumption|].
  destruct Hgame as (Hx1 & Hy & Hside & _). intros i Hi.
  apply (coordinate_changing alpha beta2 (l i) (u i) (x1 i) beta1_ (fun s => g s i) Ha Hb2
           (y i) D_inf (Hy i Hi) (Hx1 i Hi) (Hside i Hi) beta1 w T); assumption.
Qed.

(** N55. New: Reddi et al.'s Theorem 4 needs no condition on beta1 and beta2, and its third term has
    no beta1, if beta_1,t does not rise with t. *)
Theorem regret_amsgrad_falling_beta1 :
  forall d T l u D_inf f g x1 y alpha beta1 beta1_ beta2,
  let rule := amsgrad_rule alpha beta1_ beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> beta1 < 1 -> 0 <= beta2 < 1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  (forall t, (1 <= t)%nat -> beta1_ (S t) <= beta1_ t) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (2 * alpha) * (\sum_(i <= d) sqrt (v_hat T i))
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v_hat t i) / alpha_ alpha t)
     + alpha * sqrt (1 + ln (INR T)) / (2 * sqrt (1 - beta2)) * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta1_ beta2 rule x v_hat HT Ha HB Hb2 Hb Hfall Hgame.
  rewrite <- (Rmult_1_l (alpha * _ / _)).
  apply regret_amsgrad_changing; auto.
Qed.

(** N55. New: if beta_1,t may rise too, with a third term 1 / (1 - beta1) times as large. *)
Theorem regret_amsgrad_any_beta1 :
  forall d T l u D_inf f g x1 y alpha beta1 beta1_ beta2,
  let rule := amsgrad_rule alpha beta1_ beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> beta1 < 1 -> 0 <= beta2 < 1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (2 * alpha) * (\sum_(i <= d) sqrt (v_hat T i))
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v_hat t i) / alpha_ alpha t)
     + alpha * sqrt (1 + ln (INR T)) / (2 * (1 - beta1) * sqrt (1 - beta2))
       * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta1_ beta2 rule x v_hat HT Ha HB Hb2 Hb Hgame.
  assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  replace (alpha * sqrt (1 + ln (INR T)) / (2 * (1 - beta1) * sqrt (1 - beta2)))
    with (/ (1 - beta1) * (alpha * sqrt (1 + ln (INR T)) / (2 * sqrt (1 - beta2))))
    by (field; lra).
  apply regret_amsgrad_changing; auto.
Qed.

(** N41. New: Theorem 4 with half its first term and a smaller third, for any beta_1,t <= beta1
    (Theorem 4'). *)
Theorem regret_amsgrad_theorem_4_sharper :
  forall d T l u D_inf f g x1 y alpha beta1 beta1_ beta2,
  let gamma := beta1 / sqrt beta2 in
  let rule := amsgrad_rule alpha beta1_ beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> beta1 < 1 -> 0 < beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (2 * alpha) * (\sum_(i <= d) sqrt (v_hat T i))
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v_hat t i) / alpha_ alpha t)
     + alpha * sqrt (1 + ln (INR T)) / (2 * sqrt (1 - beta2))
       * (1 + beta1 / ((1 - beta1) * (1 - gamma))) * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta1_ beta2 gamma rule x v_hat
    HT Ha HB Hb2 Hgamma Hb Hgame.
  assert (Hany := regret_amsgrad_any_beta1 d T l u D_inf f g x1 y alpha beta1 beta1_ beta2
    HT Ha HB ltac:(lra) Hb Hgame). cbv zeta in Hany.
  eapply Rle_trans; [exact Hany|]. apply Rplus_le_compat_l, Rmult_le_compat_r.
  { apply sum_roots_nonneg. }
  assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hb0 : 0 <= beta1) by (specialize (Hb 1%nat (le_n _)); lra).
  assert (Hg0 : 0 <= gamma) by (apply over_nonneg; [assumption | apply sqrt_pos |];
    intros H'; assert (0 < sqrt beta2) by (apply sqrt_lt_R0; lra); lra).
  replace (alpha * sqrt (1 + ln (INR T)) / (2 * (1 - beta1) * sqrt (1 - beta2)))
    with (alpha * sqrt (1 + ln (INR T)) / (2 * sqrt (1 - beta2)) * (1 + beta1 / (1 - beta1)))
    by (field; lra).
  apply Rmult_le_compat_l.
  - apply over_nonneg; [apply Rmult_le_pos; [lra | apply sqrt_pos] | lra | intros; lra].
  - apply Rplus_le_compat_l, Rmult_le_compat_l; [assumption|]. clear - HB Hgamma Hg0.
    apply Rinv_le_contravar; nra.
Qed.

(** N40. Reddi et al., Theorem 4, once its first term has 1 / alpha: holds, for any
    beta_1,t <= beta1, also where they differ from each other. *)
Theorem regret_amsgrad_theorem_4 :
  forall d T l u D_inf f g x1 y alpha beta1 beta1_ beta2,
  let gamma := beta1 / sqrt beta2 in
  let rule := amsgrad_rule alpha beta1_ beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> beta1 < 1 -> 0 < beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (alpha * (1 - beta1)) * (\sum_(i <= d) sqrt (v_hat T i))
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v_hat t i) / alpha_ alpha t)
     + alpha * sqrt (1 + ln (INR T)) / ((1 - beta1) ^ 2 * (1 - gamma) * sqrt (1 - beta2))
       * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta1_ beta2 gamma rule x v_hat
    HT Ha HB Hb2 Hgamma Hb Hgame.
  assert (Hany := regret_amsgrad_any_beta1 d T l u D_inf f g x1 y alpha beta1 beta1_ beta2
    HT Ha HB ltac:(lra) Hb Hgame). cbv zeta in Hany.
  eapply Rle_trans; [exact Hany|].
  assert (Hr : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hb0 : 0 <= beta1) by (specialize (Hb 1%nat (le_n _)); lra).
  assert (Hg0 : 0 <= gamma) by (apply over_nonneg; [assumption | apply sqrt_pos |];
    intros H'; assert (0 < sqrt beta2) by (apply sqrt_lt_R0; lra); lra).
  apply Rplus_le_compat; [apply Rplus_le_compat_r|];
    apply Rmult_le_compat_r; try apply sum_roots_nonneg.
  - apply Rmult_le_compat_l; [apply Rmult_le_pos; [apply pow2_ge_0 | apply sqrt_pos]|].
    apply Rinv_le_contravar; [apply Rmult_lt_0_compat; lra|]. nra.
  - apply Rmult_le_compat_l; [apply Rmult_le_pos; [lra | apply sqrt_pos]|].
    assert (Hp : 0 < (1 - beta1) * (1 - gamma)) by (apply Rmult_lt_0_compat; lra).
    apply Rinv_le_contravar.
    + repeat apply Rmult_lt_0_compat; lra.
    + apply Rmult_le_compat_r; [lra|]. clear - HB Hb0 Hg0 Hgamma Hp. nra.
Qed.

(** ** Corollary 1 *)

Lemma decay_sum lam T : 0 <= lam < 1 -> \sum_(t <= T) INR t * lam ^ (t - 1) <= 1 / (1 - lam) ^ 2.
Proof.
  intros H. apply Rmult_le_reg_r with ((1 - lam) ^ 2); [apply pow_lt; lra|].
  replace (1 / (1 - lam) ^ 2 * (1 - lam) ^ 2) with 1 by (field; lra).
  replace (sum (fun t => INR t * lam ^ (t - 1)) T * (1 - lam) ^ 2)
    with (1 - lam ^ T * (1 + INR T * (1 - lam))).
  - assert (0 <= lam ^ T) by (apply pow_le; lra). assert (0 <= INR T) by apply pos_INR.
    assert (0 <= lam ^ T * (1 + INR T * (1 - lam))); [|lra].
    apply Rmult_le_pos; [assumption|]. assert (0 <= INR T * (1 - lam)); [|lra].
    apply Rmult_le_pos; lra.
  - induction T as [|T IH]; [simpl; ring|].
    rewrite sum_S, Rmult_plus_distr_r, <- IH. replace (S T - 1)%nat with T by lia.
    rewrite S_INR. simpl. ring.
Qed.

(** The printed rule with beta_1,t = beta1 lam^(t-1), as Reddi et al.'s Corollary 1 has it. *)
Definition amsgrad_decayed_rule alpha beta1 beta2 lam (t : nat) :=
  amsgrad_decayed_beta1 (alpha_ alpha t) beta1 beta2 lam t.

(** N42. Reddi et al., Corollary 1, once it has d and 1 / alpha: holds. *)
Theorem regret_amsgrad_corollary_1 :
  forall d T l u D_inf G_inf f g x1 y alpha beta1 beta2 lam,
  let gamma := beta1 / sqrt beta2 in
  let rule := amsgrad_decayed_rule alpha beta1 beta2 lam in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> gamma < 1 -> 0 < lam < 1 ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (alpha * (1 - beta1)) * (\sum_(i <= d) sqrt (v_hat T i))
     + INR d * beta1 * D_inf ^ 2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2)
     + alpha * sqrt (1 + ln (INR T)) / ((1 - beta1) ^ 2 * (1 - gamma) * sqrt (1 - beta2))
       * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf G_inf f g x1 y alpha beta1 beta2 lam gamma rule x v_hat
    HT Ha HB Hb2 Hgamma Hlam HG Hgame.
  set (beta1_ := fun t => beta1 * lam ^ (t - 1)).
  assert (Hb : forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1).
  { intros t _. unfold beta1_. assert (0 <= lam ^ (t - 1)) by (apply pow_le; lra).
    assert (lam ^ (t - 1) <= 1) by (apply pow_le_1; lra). split; [apply Rmult_le_pos; lra|].
    rewrite <- (Rmult_1_r beta1) at 2. apply Rmult_le_compat_l; lra. }
  (* the rule is that of N40 with this beta_1,t *)
  change rule with (amsgrad_rule alpha beta1_ beta2) in *.
  assert (H4 := regret_amsgrad_theorem_4 d T l u D_inf f g x1 y alpha beta1 beta1_ beta2
    HT Ha ltac:(lra) Hb2 Hgamma Hb Hgame). cbv zeta in H4. fold gamma in H4.
  eapply Rle_trans; [exact H4|]. apply Rplus_le_compat_r, Rplus_le_compat_l.
  apply Rle_trans with (D_inf ^ 2 / (2 * (1 - beta1))
                        * (INR d * beta1 * G_inf / alpha * (1 / (1 - lam) ^ 2))).
  2: right; field; lra.
  apply Rmult_le_compat_l; [apply over_nonneg; [apply pow2_ge_0 | lra | intros; lra]|].
  apply Rle_trans with (\sum_(t <= T) INR d * beta1 * G_inf / alpha * (INR t * lam ^ (t - 1))).
  - apply sum_le. intros t Ht.
    replace (INR d * beta1 * G_inf / alpha * (INR t * lam ^ (t - 1)))
      with (INR d * (beta1 * lam ^ (t - 1) * (INR t * G_inf / alpha))) by (unfold Rdiv; ring).
    rewrite <- sum_const. apply sum_le. intros i Hi. unfold Rdiv at 1. rewrite Rmult_assoc.
    apply Rmult_le_compat_l; [apply Hb; lia|].
    assert (H1 : 1 <= INR t) by (change 1 with (INR 1); apply le_INR; lia).
    assert (HGt : 0 <= G_inf) by (eapply Rle_trans; [apply Rabs_pos | apply (HG t i); lia]).
    assert (Hv : sqrt (v_hat t i) <= G_inf).
    { rewrite <- (Rabs_pos_eq G_inf) by assumption.
      apply (v_hat_le alpha beta2 (l i) (u i) (x1 i) beta1_ (fun s => g s i)); [lra|].
      intros s Hs. apply HG; lia. }
    assert (Hs : sqrt (INR t) <= INR t).
    { rewrite <- (sqrt_square (INR t)) at 2 by lra. apply sqrt_le_1_alt. nra. }
    assert (0 < sqrt (INR t)) by (apply sqrt_lt_R0; lra).
    assert (0 < / alpha) by (apply Rinv_0_lt_compat; assumption).
    change (sqrt (v_hat t i) / alpha_ alpha t <= INR t * G_inf / alpha).
    replace (sqrt (v_hat t i) / alpha_ alpha t) with (sqrt (INR t) * sqrt (v_hat t i) / alpha)
      by (unfold alpha_; field; lra).
    apply Rmult_le_compat_r; [lra|].
    apply Rmult_le_compat; try apply sqrt_pos; assumption.
  - rewrite sum_scale. destruct d as [|d]; [simpl; unfold Rdiv; rewrite !Rmult_0_l; lra|].
    assert (HGt : 0 <= G_inf) by (eapply Rle_trans; [apply Rabs_pos | apply (HG 1 1)%nat; lia]).
    apply Rmult_le_compat_l; [|apply decay_sum; lra].
    apply over_nonneg; [| lra | intros; lra]. repeat apply Rmult_le_pos; try lra. apply pos_INR.
Qed.

(** ** A constant beta1 *)

Lemma regret_amsgrad_constant :
  forall d T l u D_inf f g x1 y alpha beta1 beta2 K,
  let rule := amsgrad_rule alpha (fun _ => beta1) beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> 0 <= beta1 < 1 -> 0 <= beta2 < 1 ->
  K = alpha * sqrt (1 + ln (INR T)) / ((1 - beta1) * sqrt (1 - beta2))
  \/ 0 < beta2 /\ beta1 ^ 2 / beta2 < 1
     /\ K = alpha * sqrt (1 + ln (INR T)) / sqrt ((1 - beta2) * (1 - beta1 ^ 2 / beta2)) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (2 * alpha * (1 - beta1)) * (\sum_(i <= d) sqrt (v_hat T i))
     + (1 + beta1) / 2 * K * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta2 K rule x v_hat HT Ha HB Hb2 HK Hgame.
  rewrite <- !sum_scale, <- sum_plus.
  apply (regret_by_coordinates d T l u D_inf f x g y); [assumption|].
  destruct Hgame as (Hx1 & Hy & Hside & _). intros i Hi.
  apply (coordinate_constant alpha beta2 (l i) (u i) (x1 i) (fun _ => beta1) (fun s => g s i) Ha Hb2
           (y i) D_inf (Hy i Hi) (Hx1 i Hi) (Hside i Hi) beta1 K T); auto.
  destruct HK as [-> | (Hb2' & Hgamma & ->)].
  - assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
    replace ((1 - beta1) * (alpha * sqrt (1 + ln (INR T)) / ((1 - beta1) * sqrt (1 - beta2))))
      with (alpha * sqrt (1 + ln (INR T)) / sqrt (1 - beta2)) by (field; lra).
    apply momenta_sum_free with beta1; auto.
  - apply momenta_sum; auto. lra.
Qed.

(** N44. New: the bound of N43 for a constant beta1, with (1 + beta1) / 2 before its last term. *)
Theorem regret_amsgrad_constant_beta1 :
  forall d T l u D_inf f g x1 y alpha beta1 beta2,
  let gamma := beta1 ^ 2 / beta2 in
  let rule := amsgrad_rule alpha (fun _ => beta1) beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> 0 <= beta1 -> 0 < beta2 < 1 -> gamma < 1 ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (2 * alpha * (1 - beta1)) * (\sum_(i <= d) sqrt (v_hat T i))
     + (1 + beta1) / 2 * (alpha * sqrt (1 + ln (INR T)) / sqrt ((1 - beta2) * (1 - gamma)))
       * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta2 gamma rule x v_hat HT Ha HB Hb2 Hgamma Hgame.
  apply regret_amsgrad_constant; auto; try lra.
  - assert (H := gamma_below_1 beta1 beta2 ltac:(lra) Hgamma). nra.
  - right. repeat split; auto. lra.
Qed.

(** N43. A constant beta1: no decay of it is needed, as Alacaoglu, Malitsky, Mertikopoulos & Cevher
    (2020) found; the constants are derived anew. Holds. *)
Theorem regret_amsgrad_constant_beta1_original :
  forall d T l u D_inf f g x1 y alpha beta1 beta2,
  let gamma := beta1 ^ 2 / beta2 in
  let rule := amsgrad_rule alpha (fun _ => beta1) beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> 0 <= beta1 -> 0 < beta2 < 1 -> gamma < 1 ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (2 * alpha * (1 - beta1)) * (\sum_(i <= d) sqrt (v_hat T i))
     + alpha * sqrt (1 + ln (INR T)) / sqrt ((1 - beta2) * (1 - gamma))
       * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta2 gamma rule x v_hat HT Ha HB Hb2 Hgamma Hgame.
  assert (H := regret_amsgrad_constant_beta1 d T l u D_inf f g x1 y alpha beta1 beta2
    HT Ha HB Hb2 Hgamma Hgame). cbv zeta in H. fold gamma in H.
  eapply Rle_trans; [exact H|]. apply Rplus_le_compat_l, Rmult_le_compat_r.
  { apply sum_roots_nonneg. }
  assert (beta1 < 1)
    by (assert (H' := gamma_below_1 beta1 beta2 ltac:(lra) Hgamma); clear - Hb2 H'; nra).
  assert (0 < sqrt ((1 - beta2) * (1 - gamma)))
    by (apply sqrt_lt_R0, Rmult_lt_0_compat; lra).
  assert (0 <= alpha * sqrt (1 + ln (INR T)) / sqrt ((1 - beta2) * (1 - gamma)))
    by (apply over_nonneg; [apply Rmult_le_pos; [lra | apply sqrt_pos] | lra | intros; lra]).
  rewrite <- (Rmult_1_l (alpha * _ / _)) at 2. apply Rmult_le_compat_r; lra.
Qed.

(** N56. New: for a constant beta1 there is such a bound without any condition on the betas. *)
Theorem regret_amsgrad_constant_beta1_unconditional :
  forall d T l u D_inf f g x1 y alpha beta1 beta2,
  let rule := amsgrad_rule alpha (fun _ => beta1) beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> 0 <= beta1 < 1 -> 0 <= beta2 < 1 ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (2 * alpha * (1 - beta1)) * (\sum_(i <= d) sqrt (v_hat T i))
     + (1 + beta1) * alpha * sqrt (1 + ln (INR T)) / (2 * (1 - beta1) * sqrt (1 - beta2))
       * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta2 rule x v_hat HT Ha HB Hb2 Hgame.
  assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  replace ((1 + beta1) * alpha * sqrt (1 + ln (INR T)) / (2 * (1 - beta1) * sqrt (1 - beta2)))
    with ((1 + beta1) / 2
          * (alpha * sqrt (1 + ln (INR T)) / ((1 - beta1) * sqrt (1 - beta2))))
    by (field; lra).
  apply regret_amsgrad_constant; auto.
Qed.

(** N56. Where N44 says something, its bound is at most this one if and only if
    beta2 >= beta1 / (2 - beta1): the bounds differ only in their last terms, by 1 / sqrt(1 - gamma)
    in N44 and 1 / (1 - beta1) in N56. *)
Theorem amsgrad_constant_beta1_compared :
  forall beta1 beta2,
  let gamma := beta1 ^ 2 / beta2 in
  0 <= beta1 -> 0 < beta2 < 1 -> gamma < 1 ->
  1 / sqrt (1 - gamma) <= 1 / (1 - beta1) <-> beta1 / (2 - beta1) <= beta2.
Proof.
  intros beta1 beta2 gamma HB Hb2 Hgamma.
  assert (HB1 : beta1 < 1)
    by (assert (H := gamma_below_1 beta1 beta2 ltac:(lra) Hgamma); clear - Hb2 H; nra).
  assert (Hroot : 0 < sqrt (1 - gamma)) by (apply sqrt_lt_R0; lra).
  assert (Hs := sqrt_sqrt (1 - gamma) ltac:(lra)).
  assert (Hgap : beta2 * ((1 - gamma) - (1 - beta1) ^ 2) = beta1 * (beta2 * (2 - beta1) - beta1))
    by (unfold gamma; field; lra).
  assert (Hquotient : beta1 / (2 - beta1) * (2 - beta1) = beta1) by (field; lra).
  set (q := beta1 / (2 - beta1)) in *. set (r := sqrt (1 - gamma)) in *. clearbody q r gamma.
  split; intros H.
  - assert (Hr : 1 - beta1 <= r).
    { apply Rnot_lt_le. intros H'. apply Rinv_lt_contravar in H'; [lra|].
      apply Rmult_lt_0_compat; lra. }
    destruct (Req_dec beta1 0) as [Hz|Hz]; [rewrite Hz in Hquotient; nra|].
    assert (Hsq : (1 - beta1) * (1 - beta1) <= r * r) by (apply Rmult_le_compat; lra).
    assert (0 <= beta1 * (beta2 * (2 - beta1) - beta1))
      by (rewrite <- Hgap, <- Hs; apply Rmult_le_pos; lra).
    apply Rmult_le_reg_r with (2 - beta1); [lra|]. rewrite Hquotient.
    apply Rmult_le_reg_l with beta1; lra.
  - apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; [lra|].
    apply (Rmult_le_compat_r (2 - beta1)) in H; [|lra]. rewrite Hquotient in H.
    assert (0 <= beta1 * (beta2 * (2 - beta1) - beta1)) by (apply Rmult_le_pos; lra).
    assert (0 <= (1 - gamma) - (1 - beta1) ^ 2) by (apply Rmult_le_reg_l with beta2; lra).
    apply Rsqr_incr_0; unfold Rsqr; lra.
Qed.

(** N56, N43. AMSGrad with any constant beta1 and beta2 has regret O(sqrt(T log T)) for gradients
    bounded by G_inf, with a constant that does not depend on T or the losses: no decay of beta1 is
    needed. *)
Theorem amsgrad_constant_beta1_no_regret :
  forall d T l u D_inf G_inf f g x1 y alpha beta1 beta2,
  let x := played (amsgrad_rule alpha (fun _ => beta1) beta2) l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> 0 <= beta1 < 1 -> 0 <= beta2 < 1 ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= INR d * G_inf / (1 - beta1)
     * (D_inf ^ 2 / (2 * alpha) + (1 + beta1) * alpha / (2 * sqrt (1 - beta2)))
     * sqrt (INR T * (1 + ln (INR T))).
Proof.
  intros d T l u D_inf G_inf f g x1 y alpha beta1 beta2 x HT Ha HB Hb2 HG Hgame.
  assert (H := regret_amsgrad_constant_beta1_unconditional d T l u D_inf f g x1 y alpha beta1 beta2
    HT Ha HB Hb2 Hgame). cbv zeta in H. fold x in H. eapply Rle_trans; [exact H|].
  set (rule := amsgrad_rule alpha (fun _ => beta1) beta2) in *. clear H Hgame.
  assert (Hr : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  destruct d as [|d]; [simpl; unfold Rdiv; rewrite !Rmult_0_r, !Rmult_0_l; lra|].
  assert (HG0 : 0 <= G_inf) by (eapply Rle_trans; [apply Rabs_pos | apply (HG 1 1)%nat; lia]).
  assert (HT1 : 1 <= INR T) by (change 1 with (INR 1); apply le_INR; lia).
  assert (Hln : 0 <= ln (INR T)) by (rewrite <- ln_1; destruct HT1 as [HT1 | <-];
    [left; apply ln_increasing; lra | lra]).
  assert (Hv : \sum_(i <= S d) sqrt (v_hats rule l u x1 g T i) <= INR (S d) * G_inf).
  { rewrite <- sum_const. apply sum_le. intros i Hi. rewrite <- (Rabs_pos_eq G_inf) by assumption.
    apply (v_hat_le alpha beta2 (l i) (u i) (x1 i) (fun _ => beta1) (fun s => g s i)); [lra|].
    intros s Hs. apply HG; lia. }
  assert (Hn : \sum_(i <= S d) norm g T i <= INR (S d) * (G_inf * sqrt (INR T))).
  { rewrite <- sum_const. apply sum_le. intros i Hi. unfold norm.
    rewrite <- (sqrt_pow2 G_inf) by assumption. rewrite <- sqrt_mult; [| apply pow2_ge_0 | lra].
    apply sqrt_le_1_alt. rewrite Rmult_comm, <- sum_const. apply sum_le. intros t Ht.
    apply pow_maj_Rabs. apply HG; lia. }
  rewrite sqrt_mult by lra.
  assert (Hq : 1 <= sqrt (1 + ln (INR T))) by (rewrite <- sqrt_1 at 1; apply sqrt_le_1_alt; lra).
  assert (Hs : 0 <= sqrt (INR T)) by apply sqrt_pos.
  assert (Hd : 0 <= INR (S d) * G_inf) by (apply Rmult_le_pos; [apply pos_INR | assumption]).
  set (q := sqrt (1 + ln (INR T))) in *. set (r := sqrt (1 - beta2)) in *.
  apply Rle_trans with
    (D_inf ^ 2 * sqrt (INR T) / (2 * alpha * (1 - beta1)) * (INR (S d) * G_inf * q)
     + (1 + beta1) * alpha * q / (2 * (1 - beta1) * r) * (INR (S d) * (G_inf * sqrt (INR T)))).
  - assert (0 < (1 - beta1) * r) by (apply Rmult_lt_0_compat; lra).
    assert (0 < alpha * (1 - beta1)) by (apply Rmult_lt_0_compat; lra).
    apply Rplus_le_compat; apply Rmult_le_compat_l; try assumption.
    + apply over_nonneg; [|lra | intros; lra]. apply Rmult_le_pos; [apply pow2_ge_0 | assumption].
    + eapply Rle_trans; [exact Hv|]. rewrite <- (Rmult_1_r (INR (S d) * G_inf)) at 1.
      apply Rmult_le_compat_l; assumption.
    + apply over_nonneg; [|lra | intros; lra]. repeat apply Rmult_le_pos; lra.
  - right. field. lra.
Qed.

(** ** What they rest on *)

(** N40, N44, N55. What fails for Adam (C27), and what the maximum is for: Gamma_t, the difference
    of sqrt(v_hat_t) / alpha_t from its predecessor, is nowhere negative. *)
Theorem amsgrad_Gamma_nonneg :
  forall l u x1 g alpha beta1_ beta2 i t,
  let v_hat := v_hats (amsgrad_rule alpha beta1_ beta2) l u x1 g in
  0 < alpha -> (1 <= t)%nat ->
  0 <= sqrt (v_hat (S t) i) / alpha_ alpha (S t) - sqrt (v_hat t i) / alpha_ alpha t.
Proof.
  intros l u x1 g alpha beta1_ beta2 i t v_hat Ha Ht.
  assert (H := c_grows alpha beta2 (l i) (u i) (x1 i) beta1_ (fun s => g s i) Ha t).
  unfold v_hat, v_hats, coordinate. cbv beta zeta in H. lra.
Qed.

(** N40, N44, N55. The meaning of 0/0 := 0: while v_hat_t is 0 in a coordinate, all its gradients
    were 0, its momentum is 0, and its point has not moved. *)
Theorem amsgrad_zero_metric_stays :
  forall l u x1 g alpha beta1_ beta2 i t,
  let rule := amsgrad_rule alpha beta1_ beta2 in
  0 <= beta2 < 1 -> l i <= x1 i <= u i -> v_hats rule l u x1 g t i = 0 ->
  (forall s, (1 <= s <= t)%nat -> g s i = 0)
  /\ fst (fst (state (coordinate rule l u x1 g i t))) = 0
  /\ played rule l u x1 g (S t) i = x1 i.
Proof.
  intros l u x1 g alpha beta1_ beta2 i t rule Hb2 Hx1.
  assert (Hround := amsgrad_round alpha beta2 (l i) (u i) (x1 i) beta1_ (fun s => g s i)).
  assert (Hseen := gradient_seen alpha beta2 (l i) (u i) (x1 i) beta1_ (fun s => g s i) Hb2).
  assert (Hnonneg := v_hat_nonneg alpha beta2 (l i) (u i) (x1 i) beta1_ (fun s => g s i) Hb2).
  assert (Hgrows := v_hat_grows alpha beta2 (l i) (u i) (x1 i) beta1_ (fun s => g s i)).
  cbv beta zeta in *. unfold played, points, v_hats, coordinate.
  fold rule in Hround, Hseen, Hnonneg, Hgrows.
  induction t as [|t IH]; intros Hz; [repeat split; auto; intros; lia|].
  destruct IH as (Hg & Hm & Hx); [specialize (Hgrows t); specialize (Hnonneg t); lra|].
  assert (HgS : g (S t) i = 0).
  { specialize (Hseen t). rewrite Hz, sqrt_0 in Hseen.
    assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
    destruct (Req_dec (g (S t) i) 0) as [|H']; [assumption|]. apply Rabs_pos_lt in H'. nra. }
  destruct (Hround t) as (HmS & _ & _ & HxS). rewrite Hm, HgS in HmS.
  rewrite Rmult_0_r, Rmult_0_r, Rplus_0_l in HmS. rewrite HmS, Hx in HxS.
  repeat split; [|exact HmS|].
  - intros s Hs. destruct (Nat.eq_dec s (S t)) as [->|]; [assumption | apply Hg; lia].
  - rewrite HxS. unfold ratio, Rdiv. rewrite Rmult_0_l, Rmult_0_r, Rminus_0_r.
    apply clip_id. assumption.
Qed.

(** ** As printed, and how tight *)

(** The gradient of a linear loss is a subgradient. *)
Lemma linear_subgradient d l u (s x : vector) :
  subgradient d l u (fun x => \sum_(i <= d) s i * x i) x s.
Proof.
  intros y _. rewrite <- sum_plus. right. apply sum_ext. intros. ring.
Qed.

(** One round of f(x) = x on [0, D] from D, against 0, whatever the rule: the regret is D. So what
    the theorems of this chapter require can be met. *)
Lemma one_round {State} (rule : nat -> R -> R -> State -> R * R * State) state0 D :
  let l := fun _ : nat => 0 in
  let u := fun _ : nat => D in
  let g := fun _ _ : nat => 1 in
  let x := points rule state0 l u (fun _ => D) g in
  let f := fun (t : nat) (x : vector) => \sum_(i <= 1) g t i * x i in
  0 <= D ->
  game 1 1 l u D f x g (fun _ => 0) /\ regret f x (fun _ => 0) 1 = D
  /\ \sum_(i <= 1) norm g 1 i = 1.
Proof.
  intros l u g x f HD. split; [|split].
  - split; [|split; [|split]]; unfold in_box; unfold x, points, point, l, u; simpl; intros.
    + lra.
    + lra.
    + lra.
    + apply linear_subgradient.
  - unfold regret, f, x, points, point; simpl. unfold g. ring.
  - unfold norm, g; simpl. replace (0 + 1 * (1 * 1)) with 1 by ring. rewrite sqrt_1. ring.
Qed.

Lemma one_round_log : sqrt (1 + ln (INR 1)) = 1.
Proof. simpl. rewrite ln_1, Rplus_0_r. apply sqrt_1. Qed.

Lemma one_round_v_hat alpha beta1_ beta2 l u x1 :
  0 <= beta2 < 1 ->
  v_hats (amsgrad_rule alpha beta1_ beta2) l u x1 (fun _ _ => 1) 1 1%nat = 1 - beta2.
Proof.
  intros Hb. unfold v_hats, coordinate, amsgrad_rule, amsgrad, state. cbn [run fst snd].
  rewrite Rmax_right; lra.
Qed.

(** N41, N44, N55, N56. At T = 1, beta1 = 0, alpha = D_inf sqrt(1 - beta2) there is equality, in a
    game whose regret is D_inf > 0: no constant smaller than 1 can stand before these bounds, which
    are the same at beta1 = 0. *)
Theorem amsgrad_bounds_attained :
  forall D_inf beta2, 0 < D_inf -> 0 <= beta2 < 1 ->
  let alpha := D_inf * sqrt (1 - beta2) in
  exists l u f g x1 y,
    let rule := amsgrad_rule alpha (fun _ => 0) beta2 in
    let x := played rule l u x1 g in
    let v_hat := v_hats rule l u x1 g in
    game 1 1 l u D_inf f x g y
    /\ regret f x y 1 = D_inf
    /\ regret f x y 1
       = D_inf ^ 2 * sqrt (INR 1) / (2 * alpha) * (\sum_(i <= 1) sqrt (v_hat 1%nat i))
         + alpha * sqrt (1 + ln (INR 1)) / (2 * sqrt (1 - beta2)) * (\sum_(i <= 1) norm g 1 i).
Proof.
  intros D_inf beta2 HD Hb2 alpha.
  exists (fun _ => 0), (fun _ => D_inf), (fun t x => \sum_(i <= 1) 1 * x i), (fun _ _ => 1),
    (fun _ => D_inf), (fun _ => 0). intros rule x v_hat.
  destruct (one_round rule (0, 0, 0) D_inf ltac:(lra)) as (Hgame & Hregret & Hnorm).
  split; [exact Hgame|]. split; [exact Hregret|]. transitivity D_inf; [exact Hregret|].
  rewrite Hnorm, one_round_log. cbn [sum]. unfold v_hat, rule.
  rewrite one_round_v_hat by assumption. simpl INR. rewrite sqrt_1.
  assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra). unfold alpha. field. lra.
Qed.

(** Reddi et al., Theorem 4, as the text of ICLR 2018 prints it, without 1/alpha in its first term.
    It is stated here for linear losses f_t(x) = <g_t, x> on a box only, which makes it weaker. *)
Definition Theorem_4_as_printed : Prop :=
  forall d T l u D_inf G_inf g x1 y alpha beta1 beta1_ beta2,
  let f := fun t (x : vector) => \sum_(i <= d) g t i * x i in
  let gamma := beta1 / sqrt beta2 in
  let rule := amsgrad_rule alpha beta1_ beta2 in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> beta1 < 1 -> 0 < beta2 < 1 -> gamma < 1 ->
  beta1_ 1%nat = beta1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (1 - beta1) * (\sum_(i <= d) sqrt (v_hat T i))
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v_hat t i) / alpha_ alpha t)
     + alpha * sqrt (1 + ln (INR T)) / ((1 - beta1) ^ 2 * (1 - gamma) * sqrt (1 - beta2))
       * (\sum_(i <= d) norm g T i).

(** Reddi et al., Corollary 1, as the text of ICLR 2018 prints it, without 1/alpha in its first term
    and without d/alpha in its second; for linear losses on a box only. *)
Definition Corollary_1_as_printed : Prop :=
  forall d T l u D_inf G_inf g x1 y alpha beta1 beta2 lam,
  let f := fun t (x : vector) => \sum_(i <= d) g t i * x i in
  let gamma := beta1 / sqrt beta2 in
  let rule := amsgrad_decayed_rule alpha beta1 beta2 lam in
  let x := played rule l u x1 g in
  let v_hat := v_hats rule l u x1 g in
  (1 <= T)%nat -> 0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> gamma < 1 -> 0 < lam < 1 ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 * sqrt (INR T) / (1 - beta1) * (\sum_(i <= d) sqrt (v_hat T i))
     + beta1 * D_inf ^ 2 * G_inf / (2 * (1 - beta1) * (1 - lam) ^ 2)
     + alpha * sqrt (1 + ln (INR T)) / ((1 - beta1) ^ 2 * (1 - gamma) * sqrt (1 - beta2))
       * (\sum_(i <= d) norm g T i).

Lemma root_of_quarter : sqrt (1 - 3 / 4) = 1 / 2.
Proof. replace (1 - 3 / 4) with ((1 / 2) ^ 2) by field. apply sqrt_pow2. lra. Qed.

(** N51. Refuted: without 1 / alpha a single round is enough. T = d = 1, f(x) = x on [0, 1] from 1,
    beta1 = 0, beta2 = 3/4, alpha = 1/100: the regret is 1, the right-hand side 13/25. *)
Theorem theorem_4_as_printed_refuted : ~ Theorem_4_as_printed.
Proof.
  intros H.
  destruct (one_round (amsgrad_rule (1 / 100) (fun _ => 0) (3 / 4)) (0, 0, 0) 1 ltac:(lra))
    as (Hgame & Hregret & Hnorm).
  specialize (H 1%nat 1%nat (fun _ => 0) (fun _ => 1) 1 1 (fun _ _ => 1)
    (fun _ => 1) (fun _ => 0) (1 / 100) 0 (fun _ => 0) (3 / 4)). cbv zeta in H.
  unfold played in H. cbv zeta in Hregret. rewrite Hregret, Hnorm in H.
  assert (Hgamma : 0 / sqrt (3 / 4) = 0) by (unfold Rdiv; ring). rewrite Hgamma in H.
  cbn [sum] in H. rewrite one_round_v_hat in H by lra.
  rewrite one_round_log, root_of_quarter in H. simpl INR in H. rewrite sqrt_1 in H.
  assert (Hbad : 1 <= 13 / 25); [|lra]. eapply Rle_trans; [apply H|]; try lra.
  - lia.
  - intros. lra.
  - intros. rewrite Rabs_R1. lra.
  - exact Hgame.
Qed.

(** N52. Refuted: the same round. *)
Theorem corollary_1_as_printed_refuted : ~ Corollary_1_as_printed.
Proof.
  intros H.
  destruct (one_round (amsgrad_decayed_rule (1 / 100) 0 (3 / 4) (1 / 2)) (0, 0, 0) 1 ltac:(lra))
    as (Hgame & Hregret & Hnorm).
  specialize (H 1%nat 1%nat (fun _ => 0) (fun _ => 1) 1 1 (fun _ _ => 1)
    (fun _ => 1) (fun _ => 0) (1 / 100) 0 (3 / 4) (1 / 2)). cbv zeta in H.
  unfold played in H. cbv zeta in Hregret. rewrite Hregret, Hnorm in H.
  assert (Hgamma : 0 / sqrt (3 / 4) = 0) by (unfold Rdiv; ring). rewrite Hgamma in H.
  cbn [sum] in H.
  change (amsgrad_decayed_rule (1 / 100) 0 (3 / 4) (1 / 2))
    with (amsgrad_rule (1 / 100) (fun t => 0 * (1 / 2) ^ (t - 1)) (3 / 4)) in H.
  rewrite one_round_v_hat in H by lra.
  rewrite one_round_log, root_of_quarter in H. simpl INR in H. rewrite sqrt_1 in H.
  assert (Hbad : 1 <= 13 / 25); [|lra]. eapply Rle_trans; [apply H|]; try lra.
  - lia.
  - intros. rewrite Rabs_R1. lra.
  - exact Hgame.
Qed.
