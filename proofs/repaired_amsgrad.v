(** The repaired theorems of AMSGrad (Reddi, Kale & Kumar 2018, Algorithm 2), for all convex losses
    on a box, all gradients, all T: with a beta1 that changes with t, and with a constant one; what
    the ICLR 2018 text prints without 1/alpha is refuted. First what all such theorems share. *)
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

  (** Rules without momentum, where m t is the gradient: *)
  Lemma regret_no_momentum T :
    \sum_(t <= T) m t * (x t - y) <= D ^ 2 / 2 * c T + (\sum_(t <= T) m t ^ 2 / c t) / 2.
  Proof.
    assert (H := telescoped_momenta T).
    assert (0 <= c T * (x (S T) - y) ^ 2)
      by (apply Rmult_le_pos; [apply metric_grows | apply pow2_ge_0]). lra.
  Qed.

  (** Momentum, with b t for beta_1,t. *)
  Variables (g b : nat -> R).
  Hypothesis b_range : forall t, 0 <= b (S t) < 1.
  Hypothesis momentum_0 : m 0%nat = 0.
  Hypothesis momentum_S : forall t, m (S t) = b (S t) * m t + (1 - b (S t)) * g (S t).
  Hypothesis gradient_zero : forall t, c t = 0 -> g t = 0.

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
      assert (b (S T) / (1 - b (S T)) * m T ^ 2 / c (S T) <= b T / (1 - b T) * m T ^ 2 / c T); [|lra].
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
    assert (Hround : m (S T) ^ 2 / c (S T) <= B * (m T ^ 2) / c (S T) + (1 - B) * g (S T) ^ 2 / c (S T)).
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
