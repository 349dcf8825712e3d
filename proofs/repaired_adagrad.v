(** Regret theorems that hold, for AdaGrad, AdamNC and online gradient descent: the chapter
    "Theorems that hold". Points of a box are played, x_1 first; g_t is a subgradient of the loss
    f_t at x_t; round t moves every coordinate by the rule and clips it to its side of the box.
    The adaptive rules divide by the norm of all gradients so far, which does not decrease; where
    it is 0 all of them are 0, so is the momentum, and the point does not move: 0/0 := 0. *)
From Coq Require Import Reals Lra Lia Psatz FunctionalExtensionality.
From Adamlab Require Import sums setting rules.
Open Scope R_scope.

(** ** The games *)

(** x_t: coordinate i of the points runs the rule on the coordinates i of the gradients, clipped to
    the side [l i, u i] of the box; x_1 = x1, and x_(t+1) comes from round t. *)
Definition points {State} (step : nat -> R -> R -> State -> R * R * State) (state0 : State)
    (l u x1 : vector) (g : nat -> vector) (t : nat) : vector :=
  fun i => point (run step (clip (l i) (u i)) (x1 i) state0 (fun s => g s i) (t - 1)).

(** What is played: the first point and the comparator y are in the box, whose sides are at most
    D_inf long, and g_t is a subgradient of f_t at x_t in each round. *)
Definition game d (l u : vector) D_inf (f : nat -> vector -> R) (x g : nat -> vector)
    (y : vector) (T : nat) : Prop :=
  in_box d l u (x 1%nat) /\ in_box d l u y /\
  (forall i, (1 <= i <= d)%nat -> u i - l i <= D_inf) /\
  (forall t, (1 <= t <= T)%nat -> subgradient d l u (f t) (x t) (g t)).

(** ||g_(1:T,i)||_2, and the sum of it over the coordinates. *)
Definition norm (g : nat -> R) (T : nat) : R := sqrt (\sum_(t <= T) g t ^ 2).
Definition norm_sum d (g : nat -> vector) (T : nat) : R := \sum_(i <= d) norm (fun t => g t i) T.

(** Bounds add up over the coordinates. *)
Lemma regret_by_coordinates d l u D_inf f x g y T (B : nat -> R) :
  game d l u D_inf f x g y T ->
  (forall i, (1 <= i <= d)%nat -> \sum_(t <= T) g t i * (x t i - y i) <= B i) ->
  regret f x y T <= sum B d.
Proof.
  intros (_ & Hy & _ & Hg) HB.
  eapply Rle_trans; [apply (regret_le_linear d l u); eassumption|].
  rewrite (sum_swap (fun t i => g t i * (x t i - y i))). apply sum_le. exact HB.
Qed.

(** The gradient of a linear loss is a subgradient. *)
Lemma linear_subgradient d l u (s x : vector) :
  subgradient d l u (fun x => \sum_(i <= d) s i * x i) x s.
Proof.
  intros y _. rewrite <- sum_plus. right. apply sum_ext. intros. ring.
Qed.

(** ** One coordinate, any non-decreasing metric *)

(** With a larger denominator; if the smaller is 0, so is the numerator. *)
Lemma div_larger a c c' : 0 <= a -> 0 <= c <= c' -> (c = 0 -> a = 0) -> a / c' <= a / c.
Proof.
  intros Ha Hc H0. destruct (Req_dec c 0) as [E|E].
  - rewrite (H0 E). unfold Rdiv. rewrite !Rmult_0_l. lra.
  - apply Rmult_le_compat_l; [assumption|]. apply Rinv_le_contravar; lra.
Qed.

Lemma div_nonneg a c : 0 <= a -> 0 <= c -> (c = 0 -> a = 0) -> 0 <= a / c.
Proof.
  intros Ha Hc H0. destruct (Req_dec c 0) as [E|E].
  - rewrite (H0 E). unfold Rdiv. lra.
  - apply Rmult_le_pos; [assumption|]. left. apply Rinv_0_lt_compat. lra.
Qed.

(** The projected step: m (x - y) <= c/2 ((x - y)^2 - (x' - y)^2) + m^2/(2c). *)
Lemma projected_step l u y x m c :
  l <= y <= u -> 0 <= c -> (c = 0 -> m = 0) ->
  m * (x - y) <= c / 2 * ((x - y) ^ 2 - (clip l u (x - m / c) - y) ^ 2) + m ^ 2 / c / 2.
Proof.
  intros Hy Hc H0. destruct (Req_dec c 0) as [E|E].
  - rewrite (H0 E), E. unfold Rdiv. lra.
  - assert (Hclip := clip_nearer l u (x - m / c) y Hy).
    assert (Heq : c / 2 * (x - m / c - y) ^ 2
                  = c / 2 * (x - y) ^ 2 - m * (x - y) + m ^ 2 / c / 2) by (field; assumption).
    assert (c / 2 * (clip l u (x - m / c) - y) ^ 2 <= c / 2 * (x - m / c - y) ^ 2)
      by (apply Rmult_le_compat_l; lra).
    lra.
Qed.

(** A step is no longer than before its clip: m (x - x') <= m^2/c. *)
Lemma clipped_step_shorter l u x m c :
  l <= x <= u -> 0 <= c -> (c = 0 -> m = 0) ->
  m * (x - clip l u (x - m / c)) <= m ^ 2 / c.
Proof.
  intros Hx Hc H0. destruct (Req_dec c 0) as [E|E].
  - rewrite (H0 E), E. unfold Rdiv. lra.
  - assert (Hclip := clip_contracts l u x (x - m / c)). rewrite (clip_id l u x Hx) in Hclip.
    replace (x - (x - m / c)) with (m / c) in Hclip by ring.
    eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult.
    replace (m ^ 2 / c) with (Rabs m * Rabs (m / c)).
    + apply Rmult_le_compat_l; [apply Rabs_pos | assumption].
    + unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ c)) by (left; apply Rinv_0_lt_compat; lra).
      rewrite <- (pow2_abs m). ring.
Qed.

(** The telescope. *)
Lemma telescope (c A : nat -> R) B T :
  0 <= c 0%nat -> (forall t, c t <= c (S t)) -> (forall t, A t <= B) ->
  \sum_(t <= T) c t * (A (t - 1)%nat - A t) <= c T * (B - A T).
Proof.
  intros H0 Hc HA. induction T as [|T IH]; [simpl; specialize (HA O); nra|].
  rewrite sum_S. replace (S T - 1)%nat with T by lia.
  specialize (Hc T). specialize (HA T). nra.
Qed.

(** Young's inequality for what lies between the gradient and the momentum m' = b m + (1 - b) g;
    the rests add up exactly. *)
Lemma gradient_to_momentum b m g x c :
  0 <= b < 1 -> 0 <= c -> (c = 0 -> m = 0 /\ g = 0) ->
  let m' := b * m + (1 - b) * g in
  g * x + m' ^ 2 / c / 2
  <= m' * x + b / (1 - b) * (c * x ^ 2 / 2) + (b * m ^ 2 + (1 - b) * g ^ 2) / c / 2.
Proof.
  intros Hb Hc H0 m'. destruct (Req_dec c 0) as [E|E].
  - destruct (H0 E) as [Hm Hg]. unfold m'. rewrite Hm, Hg, E. unfold Rdiv. lra.
  - assert (0 <= b * (c * x - (1 - b) * (g - m)) ^ 2 * / (2 * c * (1 - b))).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow2_ge_0]|].
      left. apply Rinv_0_lt_compat. nra. }
    assert (b * (c * x - (1 - b) * (g - m)) ^ 2 * / (2 * c * (1 - b))
            = m' * x + b / (1 - b) * (c * x ^ 2 / 2) + (b * m ^ 2 + (1 - b) * g ^ 2) / c / 2
              - (g * x + m' ^ 2 / c / 2)) by (unfold m'; field; split; lra).
    lra.
Qed.

Section One_coordinate.
  (** The side of the box, the comparator, the points (p 0 = x_1, p t = x_(t+1)), the momentum, the
      gradients, c_t = metric / alpha_t. *)
  Variables (l u y D : R) (p m g c b : nat -> R).
  Hypothesis Hside : u - l <= D.
  Hypothesis Hy : l <= y <= u.
  Hypothesis Hp0 : l <= p 0%nat <= u.
  Hypothesis Hc0 : 0 <= c 0%nat.
  Hypothesis Hmono : forall t, c t <= c (S t).
  Hypothesis Hstill : forall t, c (S t) = 0 -> m (S t) = 0.
  Hypothesis Hmove : forall t, p (S t) = clip l u (p t - m (S t) / c (S t)).

  Lemma c_nonneg t : 0 <= c t.
  Proof. induction t as [|t IH]; [assumption|]. specialize (Hmono t). lra. Qed.

  Lemma p_in t : l <= p t <= u.
  Proof. destruct t; [assumption|]. rewrite Hmove. apply clip_in. lra. Qed.

  Lemma distance_le t : (p t - y) ^ 2 <= D ^ 2.
  Proof.
    assert (Hp := p_in t). rewrite <- (pow2_abs (p t - y)).
    apply pow_incr. split; [apply Rabs_pos | apply Rabs_le; lra].
  Qed.

  (** Without momentum: the sum of m_t (x_t - y). *)
  Lemma sum_of_steps T :
    \sum_(t <= T) m t * (p (t - 1)%nat - y)
    <= D ^ 2 / 2 * c T + (\sum_(t <= T) m t ^ 2 / c t) / 2.
  Proof.
    assert (Htel := telescope c (fun t => (p t - y) ^ 2) (D ^ 2) T Hc0 Hmono distance_le).
    assert (Hc := c_nonneg T). assert (0 <= c T * (p T - y) ^ 2).
    { apply Rmult_le_pos; [assumption | apply pow2_ge_0]. }
    apply Rle_trans with (\sum_(t <= T) (c t * ((p (t - 1)%nat - y) ^ 2 - (p t - y) ^ 2) * / 2
                                         + m t ^ 2 / c t * / 2)).
    - apply sum_le. intros [|t] Ht; [lia|]. replace (S t - 1)%nat with t by lia.
      rewrite (Hmove t).
      assert (Hstep := projected_step l u y (p t) _ _ Hy (c_nonneg (S t)) (Hstill t)). lra.
    - rewrite sum_plus, !sum_scale_r. lra.
  Qed.

  (** With momentum: 0 <= b t < 1 for beta_1,t. *)
  Hypothesis Hb : forall t, 0 <= b t < 1.
  Hypothesis Hm0 : m 0%nat = 0.
  Hypothesis Hm : forall t, m (S t) = b (S t) * m t + (1 - b (S t)) * g (S t).
  Hypothesis Hstill_g : forall t, c (S t) = 0 -> g (S t) = 0.

  Lemma still t : c t = 0 -> m t = 0.
  Proof. destruct t; [intros; assumption | apply Hstill]. Qed.

  Lemma still_before t : c (S t) = 0 -> m t = 0 /\ g (S t) = 0.
  Proof.
    intros E. split; [|auto]. apply still. assert (Hc := c_nonneg t). specialize (Hmono t). lra.
  Qed.

  (** The rests of the two inequalities. *)
  Definition rest t : R := (b t * m (t - 1)%nat ^ 2 + (1 - b t) * g t ^ 2) / c t.

  Lemma sum_with_momentum T :
    \sum_(t <= T) g t * (p (t - 1)%nat - y)
    <= D ^ 2 / 2 * c T + (\sum_(t <= T) b t / (1 - b t) * c t) * (D ^ 2 / 2) + sum rest T / 2.
  Proof.
    assert (H := sum_of_steps T).
    assert (Hall : \sum_(t <= T) (g t * (p (t - 1)%nat - y) + m t ^ 2 / c t * / 2)
                   <= \sum_(t <= T) (m t * (p (t - 1)%nat - y)
                                     + b t / (1 - b t) * c t * (D ^ 2 / 2) + rest t * / 2)).
    { apply sum_le. intros [|t] Ht; [lia|]. unfold rest. replace (S t - 1)%nat with t by lia.
      assert (Hy' := gradient_to_momentum (b (S t)) (m t) (g (S t)) (p t - y) (c (S t))
                       (Hb _) (c_nonneg _) (still_before t)).
      cbv zeta in Hy'. rewrite <- Hm in Hy'.
      assert (0 <= b (S t) / (1 - b (S t)) * c (S t)).
      { assert (Hbt := Hb (S t)). apply Rmult_le_pos; [|apply c_nonneg].
        apply Rmult_le_pos; [lra|]. left. apply Rinv_0_lt_compat. lra. }
      assert (b (S t) / (1 - b (S t)) * c (S t) * ((p t - y) ^ 2 / 2)
              <= b (S t) / (1 - b (S t)) * c (S t) * (D ^ 2 / 2)).
      { apply Rmult_le_compat_l; [assumption|]. assert (Hd := distance_le t). lra. }
      lra. }
    rewrite !sum_plus, !sum_scale_r in Hall. lra.
  Qed.

  (** A potential argument: where k g_t^2 pays for e_t and for the growth of q_t m_t^2. *)
  Lemma sum_paid (q e : nat -> R) k T :
    (forall t, q (S t) <= q t) -> (forall t, 0 <= q t) ->
    (forall t, c (S t) = 0 -> e (S t) = 0) ->
    (forall t, e (S t) + q (S t) * m (S t) ^ 2 <= q (S t) * m t ^ 2 + k * g (S t) ^ 2) ->
    \sum_(t <= T) e t / c t <= k * (\sum_(t <= T) g t ^ 2 / c t).
  Proof.
    intros Hq Hq0 He0 He.
    assert (Hpos : forall t, 0 <= m t ^ 2 / c t).
    { intros t. apply div_nonneg; [apply pow2_ge_0 | apply c_nonneg |].
      intros E. rewrite (still t E). ring. }
    assert (\sum_(t <= T) e t / c t + q T * (m T ^ 2 / c T) <= k * (\sum_(t <= T) g t ^ 2 / c t)).
    2: { assert (0 <= q T * (m T ^ 2 / c T)) by (apply Rmult_le_pos; auto). lra. }
    induction T as [|T IH]; [simpl; rewrite Hm0; unfold Rdiv; lra|].
    rewrite !sum_S, Rmult_plus_distr_l.
    assert (Hless : m T ^ 2 / c (S T) <= m T ^ 2 / c T).
    { apply div_larger; [apply pow2_ge_0 | split; [apply c_nonneg | apply Hmono] |].
      intros E. rewrite (still T E). ring. }
    assert (q (S T) * (m T ^ 2 / c (S T)) <= q T * (m T ^ 2 / c T)).
    { apply Rle_trans with (q (S T) * (m T ^ 2 / c T)).
      - apply Rmult_le_compat_l; auto.
      - apply Rmult_le_compat_r; auto. }
    assert (e (S T) / c (S T) + q (S T) * (m (S T) ^ 2 / c (S T))
            <= q (S T) * (m T ^ 2 / c (S T)) + k * (g (S T) ^ 2 / c (S T))).
    { destruct (Req_dec (c (S T)) 0) as [E|E].
      - destruct (still_before T E) as [Em Eg]. rewrite (He0 T E), (still _ E), Em, Eg.
        unfold Rdiv. lra.
      - assert (Hc := c_nonneg (S T)).
        assert (Hdiv : (e (S T) + q (S T) * m (S T) ^ 2) / c (S T)
                       <= (q (S T) * m T ^ 2 + k * g (S T) ^ 2) / c (S T)).
        { apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra | apply He]. }
        unfold Rdiv in *. lra. }
    lra.
  Qed.

  Lemma rest_still t :
    c (S t) = 0 -> b (S t) * m (S t - 1)%nat ^ 2 + (1 - b (S t)) * g (S t) ^ 2 = 0.
  Proof.
    intros E. replace (S t - 1)%nat with t by lia. destruct (still_before t E) as [-> ->]. ring.
  Qed.

  (** If beta_1,t does not rise. *)
  Lemma sum_rest_falling T :
    (forall t, b (S t) <= b t) -> sum rest T <= \sum_(t <= T) g t ^ 2 / c t.
  Proof.
    intros Hfall. rewrite <- (Rmult_1_l (sum (fun t => g t ^ 2 / c t) T)).
    apply (sum_paid (fun t => b t / (1 - b t))).
    - intros t. specialize (Hfall t). assert (H0 := Hb t). assert (H1 := Hb (S t)).
      apply Rmult_le_reg_r with ((1 - b t) * (1 - b (S t))); [nra|].
      field_simplify; nra.
    - intros t. specialize (Hb t). apply div_nonneg; lra.
    - exact rest_still.
    - intros t. replace (S t - 1)%nat with t by lia. rewrite Hm.
      assert (H := Hb (S t)). set (B := b (S t)) in *.
      assert (0 <= (B * (m t - g (S t))) ^ 2) by apply pow2_ge_0.
      assert (B * m t ^ 2 + (1 - B) * g (S t) ^ 2
              + B / (1 - B) * (B * m t + (1 - B) * g (S t)) ^ 2 + (B * (m t - g (S t))) ^ 2
              = B / (1 - B) * m t ^ 2 + 1 * g (S t) ^ 2) by (field; lra).
      lra.
  Qed.

  (** If beta_1,t <= beta1. *)
  Lemma sum_rest_any beta1 T :
    beta1 < 1 -> (forall t, b t <= beta1) ->
    sum rest T <= 1 / (1 - beta1) * (\sum_(t <= T) g t ^ 2 / c t).
  Proof.
    intros H1 Hle. assert (0 <= beta1) by (specialize (Hb O); specialize (Hle O); lra).
    apply (sum_paid (fun _ => beta1 / (1 - beta1))).
    - intros. lra.
    - intros. apply div_nonneg; lra.
    - exact rest_still.
    - intros t. replace (S t - 1)%nat with t by lia. rewrite Hm.
      assert (Hbt := Hb (S t)). assert (Hbl := Hle (S t)). set (B := b (S t)) in *.
      set (x := m t). set (z := g (S t)).
      assert (0 <= (beta1 - B) * x ^ 2 + B * z ^ 2 + beta1 * B * (1 - B) * (z - x) ^ 2).
      { assert (0 <= x ^ 2) by apply pow2_ge_0. assert (0 <= z ^ 2) by apply pow2_ge_0.
        assert (0 <= (z - x) ^ 2) by apply pow2_ge_0.
        assert (0 <= beta1 * B * (1 - B)) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra).
        apply Rplus_le_le_0_compat; [apply Rplus_le_le_0_compat|]; apply Rmult_le_pos; lra. }
      apply Rmult_le_reg_r with (1 - beta1); [lra|]. field_simplify; [|lra..]. nra.
  Qed.

  (** A constant beta_1. *)
  Lemma sum_momenta_constant beta1 T :
    (forall t, b t = beta1) -> \sum_(t <= T) m t ^ 2 / c t <= \sum_(t <= T) g t ^ 2 / c t.
  Proof.
    intros Hconst. rewrite <- (Rmult_1_l (sum (fun t => g t ^ 2 / c t) T)).
    assert (H := Hb O). rewrite Hconst in H.
    apply (sum_paid (fun _ => beta1 / (1 - beta1))).
    - intros. lra.
    - intros. apply div_nonneg; lra.
    - intros t E. rewrite (still _ E). ring.
    - intros t. rewrite Hm, Hconst. set (x := m t). set (z := g (S t)).
      assert (0 <= beta1 * (x - z) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
      assert ((beta1 * x + (1 - beta1) * z) ^ 2
              + beta1 / (1 - beta1) * (beta1 * x + (1 - beta1) * z) ^ 2 + beta1 * (x - z) ^ 2
              = beta1 / (1 - beta1) * x ^ 2 + 1 * z ^ 2) by (field; lra).
      lra.
  Qed.

  (** Regrouping: g_t (x_t - y) = m_t (x_t - y) + q [m_t (x_t - y) - m_(t-1) (x_(t-1) - y)]
      + q m_(t-1) (x_(t-1) - x_t), q = beta1/(1 - beta1). The bracket leaves m_T (x_T - y). *)
  Lemma regroup beta1 T :
    (forall t, b t = beta1) ->
    \sum_(t <= S T) g t * (p (t - 1)%nat - y)
    = \sum_(t <= S T) m t * (p (t - 1)%nat - y)
      + beta1 / (1 - beta1) * (m (S T) * (p T - y))
      + beta1 / (1 - beta1) * (\sum_(t <= T) m t * (p (t - 1)%nat - p t)).
  Proof.
    intros Hconst. assert (H1 := Hb O). rewrite Hconst in H1.
    assert (Hg : forall t, g (S t) = m (S t) + beta1 / (1 - beta1) * (m (S t) - m t)).
    { intros t. rewrite Hm, Hconst. field. lra. }
    induction T as [|T IH]; [simpl; rewrite Hg, Hm0; ring|].
    rewrite sum_S, IH, (sum_S (fun t => m t * (p (t - 1)%nat - y)) (S T)), Hg.
    rewrite (sum_S (fun t => m t * (p (t - 1)%nat - p t)) T).
    replace (S (S T) - 1)%nat with (S T) by lia. replace (S T - 1)%nat with T by lia. ring.
  Qed.

  Lemma sum_constant beta1 T :
    (forall t, b t = beta1) ->
    \sum_(t <= T) g t * (p (t - 1)%nat - y)
    <= D ^ 2 / (2 * (1 - beta1)) * c T
       + (1 + beta1) / (2 * (1 - beta1)) * (\sum_(t <= T) g t ^ 2 / c t).
  Proof.
    intros Hconst. assert (H1 := Hb O). rewrite Hconst in H1.
    assert (Hgm := sum_momenta_constant beta1 T Hconst).
    set (q := beta1 / (1 - beta1)). assert (Hq : 0 <= q) by (apply div_nonneg; lra).
    assert (E1 : D ^ 2 / (2 * (1 - beta1)) = D ^ 2 / 2 * (1 + q)) by (unfold q; field; lra).
    assert (E2 : (1 + beta1) / (2 * (1 - beta1)) = / 2 + q) by (unfold q; field; lra).
    rewrite E1, E2. clear E1 E2.
    apply Rle_trans with (D ^ 2 / 2 * (1 + q) * c T + (/ 2 + q) * (\sum_(t <= T) m t ^ 2 / c t));
      [|apply Rplus_le_compat_l, Rmult_le_compat_l; lra].
    destruct T as [|T].
    { simpl. assert (0 <= D ^ 2 * (1 + q) * c 0%nat); [|simpl in *; lra].
      apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow2_ge_0 | lra] | assumption]. }
    rewrite (regroup beta1 T Hconst). fold q.
    assert (Hsteps := sum_of_steps (S T)).
    (* the last round's m_T (x_T - y) *)
    assert (Hlast := projected_step l u y (p T) _ _ Hy (c_nonneg (S T)) (Hstill T)).
    rewrite <- Hmove in Hlast.
    assert (Hd : c (S T) * ((p T - y) ^ 2 - (p (S T) - y) ^ 2) <= c (S T) * D ^ 2).
    { apply Rmult_le_compat_l; [apply c_nonneg|].
      assert (Hd := distance_le T). assert (0 <= (p (S T) - y) ^ 2) by apply pow2_ge_0. lra. }
    assert (Hnn : 0 <= m (S T) ^ 2 / c (S T)).
    { apply div_nonneg; [apply pow2_ge_0 | apply c_nonneg |].
      intros E. rewrite (still _ E). ring. }
    assert (q * (m (S T) * (p T - y)) <= q * (D ^ 2 / 2 * c (S T) + m (S T) ^ 2 / c (S T))).
    { apply Rmult_le_compat_l; lra. }
    (* the steps *)
    assert (q * (\sum_(t <= T) m t * (p (t - 1)%nat - p t)) <= q * (\sum_(t <= T) m t ^ 2 / c t)).
    { apply Rmult_le_compat_l; [assumption|]. apply sum_le. intros [|t] Ht; [lia|].
      replace (S t - 1)%nat with t by lia. rewrite (Hmove t).
      apply clipped_step_shorter; [apply p_in | apply c_nonneg | apply Hstill]. }
    rewrite (sum_S (fun t => m t ^ 2 / c t)) in *. lra.
  Qed.
End One_coordinate.

(** ** The sum of the squares *)

Lemma norm_squared g T : norm g T ^ 2 = \sum_(t <= T) g t ^ 2.
Proof.
  unfold norm. apply pow2_sqrt. apply sum_nonneg. intros. apply pow2_ge_0.
Qed.

Lemma norm_nonneg g T : 0 <= norm g T.
Proof. apply sqrt_pos. Qed.

Lemma norm_mono g t : norm g t <= norm g (S t).
Proof.
  unfold norm. rewrite sum_S. apply sqrt_le_1_alt.
  assert (0 <= g (S t) ^ 2) by apply pow2_ge_0. lra.
Qed.

Lemma norm_zero g t : norm g (S t) = 0 -> g (S t) = 0.
Proof.
  intros E. assert (Hsum := norm_squared g (S t)). rewrite E in Hsum.
  apply (sum_squares_zero g (S t)); [rewrite <- Hsum; ring | lia].
Qed.

Lemma sum_of_shares alpha g T :
  0 < alpha -> \sum_(t <= T) g t ^ 2 / (norm g t / alpha) <= 2 * alpha * norm g T.
Proof.
  intros Ha. induction T as [|T IH]; [simpl; assert (H := norm_nonneg g 0); nra|].
  rewrite sum_S.
  assert (Hlast : g (S T) ^ 2 / (norm g (S T) / alpha) <= 2 * alpha * (norm g (S T) - norm g T)).
  2: lra.
  assert (Hm := norm_mono g T). assert (H0 := norm_nonneg g T).
  destruct (Req_dec (norm g (S T)) 0) as [E|E].
  - rewrite (norm_zero g T E), E. unfold Rdiv. rewrite pow_i, Rmult_0_l by lia. nra.
  - assert (Hn := norm_squared g (S T)). rewrite sum_S, <- (norm_squared g T) in Hn.
    replace (g (S T) ^ 2) with (norm g (S T) ^ 2 - norm g T ^ 2) by lra.
    set (a := norm g (S T)) in *. set (b := norm g T) in *. clear IH Hn.
    assert (0 <= alpha * (a - b) ^ 2 * / a).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow2_ge_0]|].
      left. apply Rinv_0_lt_compat. lra. }
    assert (2 * alpha * (a - b) - (a ^ 2 - b ^ 2) / (a / alpha) = alpha * (a - b) ^ 2 * / a)
      by (field; split; lra).
    lra.
Qed.

(** Each norm is at most G sqrt T. *)
Lemma norm_le g G T :
  0 <= G -> (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G) -> norm g T <= G * sqrt (INR T).
Proof.
  intros HG Hg. rewrite <- (sqrt_pow2 G) at 1 by assumption.
  rewrite <- sqrt_mult by (apply pow2_ge_0 || apply pos_INR).
  apply sqrt_le_1_alt. rewrite Rmult_comm, <- sum_const. apply sum_le. intros t Ht.
  rewrite <- (pow2_abs (g t)). apply pow_incr. split; [apply Rabs_pos | auto].
Qed.

(** ** AdaGrad *)

Section Adagrad.
  Variables (l u x1 alpha : R) (g : nat -> R).
  Let r := run (adagrad alpha) (clip l u) x1 0 g.

  Lemma adagrad_state t : state (r t) = \sum_(s <= t) g s ^ 2.
  Proof.
    induction t as [|t IH]; [reflexivity|].
    unfold r in *. rewrite run_S, sum_S, <- IH. unfold state; simpl. ring.
  Qed.

  Lemma adagrad_moves t :
    alpha <> 0 -> point (r (S t)) = clip l u (point (r t) - g (S t) / (norm g (S t) / alpha)).
  Proof.
    intros Ha. assert (Hs := adagrad_state t). unfold r in *. rewrite run_S.
    set (before := run _ _ _ _ _ t) in *. unfold point at 1, adagrad, ratio; cbn [fst snd].
    unfold point at 1; cbn [fst]. f_equal. rewrite Hs.
    replace (\sum_(s <= t) g s ^ 2 + g (S t) * g (S t)) with (\sum_(s <= S t) g s ^ 2)
      by (rewrite sum_S; ring).
    fold (norm g (S t)). destruct (Req_dec (norm g (S t)) 0) as [E|E].
    - rewrite (norm_zero g t E). unfold Rdiv. ring.
    - field. split; assumption.
  Qed.
End Adagrad.

Lemma adagrad_one_coordinate l u x1 y D alpha g T :
  0 < alpha -> u - l <= D -> l <= x1 <= u -> l <= y <= u ->
  \sum_(t <= T) g t * (point (run (adagrad alpha) (clip l u) x1 0 g (t - 1)) - y)
  <= (D ^ 2 / (2 * alpha) + alpha) * norm g T.
Proof.
  intros Ha Hside Hx1 Hy.
  assert (Hn := norm_nonneg g). assert (Hshares := sum_of_shares alpha g T Ha).
  assert (Hscale : forall t, norm g t / alpha = / alpha * norm g t) by (intros; field; lra).
  assert (Hinv : 0 < / alpha) by (apply Rinv_0_lt_compat; assumption).
  eapply Rle_trans.
  - apply (sum_of_steps l u y D (fun t => point (run (adagrad alpha) (clip l u) x1 0 g t))
             g (fun t => norm g t / alpha)); try assumption; cbv beta.
    + rewrite Hscale. apply Rmult_le_pos; [lra | auto].
    + intros t. rewrite !Hscale. apply Rmult_le_compat_l; [lra | apply norm_mono].
    + intros t. rewrite Hscale. intros E. apply norm_zero.
      apply Rmult_integral in E. destruct E; [lra | assumption].
    + intros t. apply adagrad_moves. lra.
  - replace ((D ^ 2 / (2 * alpha) + alpha) * norm g T)
      with (D ^ 2 / 2 * (norm g T / alpha) + 2 * alpha * norm g T / 2) by (field; lra).
    lra.
Qed.

(** N49. Diagonal AdaGrad with a constant alpha > 0 on a box whose sides are at most D_inf:
    R_T <= (D_inf^2/(2 alpha) + alpha) sum_i ||g_(1:T,i)||_2, for every comparator and every T.
    Holds. (Theorem 5 of Duchi et al. 2011, for a box; without epsilon, 0/0 := 0.) *)
Theorem regret_adagrad d l u x1 D_inf alpha f g y T :
  0 < alpha ->
  let x := points (adagrad alpha) 0 l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T <= (D_inf ^ 2 / (2 * alpha) + alpha) * norm_sum d g T.
Proof.
  intros Ha x Hgame. assert (H := Hgame). destruct H as (Hx & Hy & Hside & _).
  unfold norm_sum. rewrite <- sum_scale. apply (regret_by_coordinates d l u D_inf f x g y T).
  - exact Hgame.
  - intros i Hi. apply adagrad_one_coordinate; [assumption | auto | apply (Hx i Hi) | auto].
Qed.

(** N49. The best alpha, D_inf / sqrt 2: R_T <= sqrt 2 D_inf sum_i ||g_(1:T,i)||_2. Holds. *)
Theorem regret_adagrad_best_alpha d l u x1 D_inf f g y T :
  0 < D_inf ->
  let x := points (adagrad (D_inf / sqrt 2)) 0 l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T <= sqrt 2 * D_inf * norm_sum d g T.
Proof.
  intros HD x Hgame. assert (H2 : 0 < sqrt 2) by (apply sqrt_lt_R0; lra).
  assert (Hsq : sqrt 2 ^ 2 = 2) by (apply pow2_sqrt; lra).
  assert (Ha : 0 < D_inf / sqrt 2) by (apply Rdiv_lt_0_compat; assumption).
  replace (sqrt 2 * D_inf) with (D_inf ^ 2 / (2 * (D_inf / sqrt 2)) + D_inf / sqrt 2).
  - exact (regret_adagrad d l u x1 D_inf _ f g y T Ha Hgame).
  - apply Rmult_eq_reg_r with (2 * sqrt 2); [|lra]. field_simplify; [|lra..].
    rewrite Hsq. ring.
Qed.

(** ** Online gradient descent *)

Section Sgd.
  Variables (l u x1 y alpha : R) (g : nat -> R).
  Let p t := point (run (fun t => sgd (alpha / sqrt (INR t)) t) (clip l u) x1 tt g t).

  Lemma sgd_one_step t :
    0 < alpha -> l <= y <= u ->
    g (S t) * (p t - y)
    <= sqrt (INR (S t)) / alpha / 2 * ((p t - y) ^ 2 - (p (S t) - y) ^ 2)
       + g (S t) ^ 2 * (alpha / 2 / sqrt (INR (S t))).
  Proof.
    intros Ha Hy. assert (Hr : 0 < sqrt (INR (S t))) by (apply sqrt_lt_R0, INR_pos; lia).
    assert (Hc : 0 < sqrt (INR (S t)) / alpha) by (apply Rdiv_lt_0_compat; assumption).
    assert (Hmove : p (S t) = clip l u (p t - g (S t) / (sqrt (INR (S t)) / alpha))).
    { unfold p. rewrite run_S. set (before := run _ _ _ _ _ t).
      unfold point at 1, sgd; cbn [fst snd]. unfold point at 1; cbn [fst]. f_equal.
      field. split; lra. }
    rewrite Hmove.
    assert (H := projected_step l u y (p t) (g (S t)) (sqrt (INR (S t)) / alpha) Hy).
    replace (g (S t) ^ 2 * (alpha / 2 / sqrt (INR (S t))))
      with (g (S t) ^ 2 / (sqrt (INR (S t)) / alpha) / 2) by (field; split; lra).
    apply H; [lra|]. intros E. lra.
  Qed.
End Sgd.

Lemma sum_inverse_roots T : \sum_(t <= T) 1 / sqrt (INR t) <= 2 * sqrt (INR T).
Proof.
  induction T as [|T IH]; [simpl; rewrite sqrt_0; lra|].
  rewrite sum_S. set (a := sqrt (INR (S T))). set (b := sqrt (INR T)) in *.
  assert (Ha : 0 < a) by (apply sqrt_lt_R0, INR_pos; lia).
  assert (Ea : a ^ 2 = INR T + 1) by (unfold a; rewrite pow2_sqrt, S_INR; [ring | apply pos_INR]).
  assert (Eb : b ^ 2 = INR T) by (unfold b; apply pow2_sqrt, pos_INR).
  assert (1 / a <= 2 * (a - b)); [|lra].
  apply Rmult_le_reg_r with a; [assumption|]. replace (1 / a * a) with 1 by (field; lra).
  assert (0 <= (a - b) ^ 2) by apply pow2_ge_0. lra.
Qed.

(** N50. Projected gradient descent with alpha_t = alpha / sqrt t on a box of diagonal at most D,
    with ||g_t||_2 <= G: R_T <= (D^2/(2 alpha) + alpha G^2) sqrt T. Holds. (Zinkevich 2003.) *)
Theorem regret_gradient_descent d l u x1 D G alpha f g y T :
  0 < alpha ->
  let x := points (fun t => sgd (alpha / sqrt (INR t)) t) tt l u x1 g in
  in_box d l u x1 -> in_box d l u y ->
  \sum_(i <= d) (u i - l i) ^ 2 <= D ^ 2 ->
  (forall t, (1 <= t <= T)%nat -> subgradient d l u (f t) (x t) (g t)) ->
  (forall t, (1 <= t <= T)%nat -> \sum_(i <= d) g t i ^ 2 <= G ^ 2) ->
  regret f x y T <= (D ^ 2 / (2 * alpha) + alpha * G ^ 2) * sqrt (INR T).
Proof.
  intros Ha x Hx1 Hy HD Hsub HG.
  eapply Rle_trans; [apply (regret_le_linear d l u); eassumption|].
  (* A t: the squared distance to y after t rounds; 0 if there are no rounds yet to come *)
  set (A := fun t => \sum_(i <= d) (x (S t) i - y i) ^ 2).
  assert (HA : forall t, A t <= D ^ 2).
  { intros t. eapply Rle_trans; [|exact HD]. apply sum_le. intros i Hi.
    assert (Hi1 := Hx1 i Hi). assert (Hiy := Hy i Hi).
    assert (Hin : l i <= x (S t) i <= u i).
    { unfold x, points. replace (S t - 1)%nat with t by lia.
      destruct t; [exact Hi1|]. rewrite run_S. unfold point at 1; cbn [fst]. apply clip_in. lra. }
    rewrite <- (pow2_abs (x (S t) i - y i)). apply pow_incr.
    split; [apply Rabs_pos | apply Rabs_le; lra]. }
  set (c := fun t => sqrt (INR t) / alpha).
  assert (Hstep : forall t, (1 <= t <= T)%nat ->
    \sum_(i <= d) g t i * (x t i - y i)
    <= c t * (A (t - 1)%nat - A t) * / 2 + alpha * G ^ 2 / 2 * (1 / sqrt (INR t))).
  { intros [|t] Ht; [lia|]. replace (S t - 1)%nat with t by lia.
    assert (Hr : 0 < sqrt (INR (S t))) by (apply sqrt_lt_R0, INR_pos; lia).
    apply Rle_trans with (c (S t) / 2 * (A t - A (S t))
                          + (\sum_(i <= d) g (S t) i ^ 2) * (alpha / 2 / sqrt (INR (S t)))).
    - unfold A. rewrite <- sum_minus, <- sum_scale, <- sum_scale_r, <- sum_plus.
      apply sum_le. intros i Hi. unfold x, points, c.
      replace (S t - 1)%nat with t by lia. replace (S (S t) - 1)%nat with (S t) by lia.
      apply (sgd_one_step (l i) (u i) (x1 i) (y i) alpha (fun s => g s i)); auto.
    - replace (alpha * G ^ 2 / 2 * (1 / sqrt (INR (S t))))
        with (G ^ 2 * (alpha / 2 / sqrt (INR (S t)))) by (field; lra).
      assert ((\sum_(i <= d) g (S t) i ^ 2) * (alpha / 2 / sqrt (INR (S t)))
              <= G ^ 2 * (alpha / 2 / sqrt (INR (S t)))); [|lra].
      apply Rmult_le_compat_r; [|auto]. apply div_nonneg; lra. }
  eapply Rle_trans; [apply sum_le, Hstep|].
  rewrite sum_plus, sum_scale_r, sum_scale.
  assert (Htel : \sum_(t <= T) c t * (A (t - 1)%nat - A t) <= c T * (D ^ 2 - A T)).
  { apply telescope; [|intros t|exact HA]; unfold c.
    - simpl. rewrite sqrt_0. unfold Rdiv. lra.
    - apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption|].
      apply sqrt_le_1_alt. rewrite S_INR. lra. }
  assert (HcT : 0 <= c T * A T).
  { apply Rmult_le_pos; [apply div_nonneg; [apply sqrt_pos | lra | lra]|].
    apply sum_nonneg. intros. apply pow2_ge_0. }
  assert (Hroots := sum_inverse_roots T).
  assert (alpha * G ^ 2 / 2 * (\sum_(t <= T) 1 / sqrt (INR t))
          <= alpha * G ^ 2 / 2 * (2 * sqrt (INR T))).
  { apply Rmult_le_compat_l; [|assumption]. assert (0 <= G ^ 2) by apply pow2_ge_0. nra. }
  replace ((D ^ 2 / (2 * alpha) + alpha * G ^ 2) * sqrt (INR T))
    with (c T * D ^ 2 / 2 + alpha * G ^ 2 / 2 * (2 * sqrt (INR T))) by (unfold c; field; lra).
  lra.
Qed.

(** N50. At alpha = D/G, that is alpha_t = D / (G sqrt t): R_T <= 3/2 G D sqrt T. Holds. *)
Theorem regret_gradient_descent_best_alpha d l u x1 D G f g y T :
  0 < D -> 0 < G ->
  let x := points (fun t => sgd (D / G / sqrt (INR t)) t) tt l u x1 g in
  in_box d l u x1 -> in_box d l u y ->
  \sum_(i <= d) (u i - l i) ^ 2 <= D ^ 2 ->
  (forall t, (1 <= t <= T)%nat -> subgradient d l u (f t) (x t) (g t)) ->
  (forall t, (1 <= t <= T)%nat -> \sum_(i <= d) g t i ^ 2 <= G ^ 2) ->
  regret f x y T <= 3 / 2 * G * D * sqrt (INR T).
Proof.
  intros HD HG x Hx1 Hy Hbox Hsub Hg.
  replace (3 / 2 * G * D) with (D ^ 2 / (2 * (D / G)) + D / G * G ^ 2) by (field; lra).
  assert (Ha : 0 < D / G) by (apply Rdiv_lt_0_compat; assumption).
  exact (regret_gradient_descent d l u x1 D G (D / G) f g y T Ha Hx1 Hy Hbox Hsub Hg).
Qed.

(** ** AdamNC *)

(** The rule of round t, with alpha_t = alpha / sqrt t and beta_2,t = 1 - 1/t. *)
Definition adamnc_rounds alpha (beta1 : nat -> R) (t : nat) :=
  adamnc (alpha / sqrt (INR t)) (beta1 t) t.

(** sum_(t,i) beta_1,t psi_t,i / alpha_t, where psi_t,i = v_t,i^(1/2) is what round t divides by. *)
Definition momentum_term d alpha (beta1 : nat -> R) (psi : nat -> vector) (T : nat) : R :=
  \sum_(t <= T) \sum_(i <= d) beta1 t * psi t i / (alpha / sqrt (INR t)).

Section Adamnc.
  Variables (l u x1 alpha : R) (beta1 g : nat -> R).
  Let r := run (adamnc_rounds alpha beta1) (clip l u) x1 (0, 0) g.
  Let m t := fst (state (r t)).
  Let v t := snd (state (r t)).

  Lemma adamnc_round t :
    let m' := beta1 (S t) * m t + (1 - beta1 (S t)) * g (S t) in
    let v' := (1 - 1 / INR (S t)) * v t + 1 / INR (S t) * (g (S t) * g (S t)) in
    r (S t) = (clip l u (point (r t) - alpha / sqrt (INR (S t)) * (m' / sqrt v')),
               sqrt v', (m', v')).
  Proof.
    unfold m, v, r. rewrite run_S. set (before := run _ _ _ _ _ t).
    destruct before as [[x psi] [m0 v0]]. reflexivity.
  Qed.

  Lemma adamnc_v t : INR t * v t = \sum_(s <= t) g s ^ 2.
  Proof.
    induction t as [|t IH]; [simpl; ring|].
    unfold v at 1. rewrite adamnc_round, sum_S, <- IH. unfold state; cbn [fst snd].
    assert (Ht : 0 < INR (S t)) by (apply INR_pos; lia).
    rewrite S_INR in *. field. lra.
  Qed.

  Lemma adamnc_m t : m (S t) = beta1 (S t) * m t + (1 - beta1 (S t)) * g (S t).
  Proof. unfold m at 1. rewrite adamnc_round. reflexivity. Qed.

  Lemma adamnc_metric t : metric (r (S t)) = norm g (S t) / sqrt (INR (S t)).
  Proof.
    assert (Ht : 0 < INR (S t)) by (apply INR_pos; lia).
    assert (Hv := adamnc_v (S t)).
    replace (metric (r (S t))) with (sqrt (v (S t))) by (unfold v; rewrite adamnc_round; reflexivity).
    unfold norm. rewrite <- Hv, sqrt_mult_alt by lra.
    field. apply Rgt_not_eq, sqrt_lt_R0, Ht.
  Qed.

  (** Where the norm is 0, so are all gradients and the momentum. *)
  Lemma adamnc_still t : norm g t = 0 -> m t = 0.
  Proof.
    induction t as [|t IH]; [reflexivity|]. intros E.
    rewrite adamnc_m, (norm_zero g t E), IH; [ring|].
    assert (H := norm_mono g t). assert (H0 := norm_nonneg g t). lra.
  Qed.

  Lemma adamnc_moves t :
    0 < alpha -> point (r (S t)) = clip l u (point (r t) - m (S t) / (norm g (S t) / alpha)).
  Proof.
    intros Ha. assert (Hmetric := adamnc_metric t). rewrite adamnc_round in Hmetric.
    unfold metric in Hmetric; cbn [fst snd] in Hmetric.
    assert (Hr : 0 < sqrt (INR (S t))) by (apply sqrt_lt_R0, INR_pos; lia).
    rewrite adamnc_round. unfold point at 1; cbn [fst]. f_equal.
    rewrite Hmetric, <- adamnc_m. destruct (Req_dec (norm g (S t)) 0) as [E|E].
    - rewrite (adamnc_still _ E). unfold Rdiv. ring.
    - field. repeat split; lra.
  Qed.

  (** Where the metric is 0, the point has not moved. *)
  Lemma adamnc_zero_metric t :
    0 < alpha -> l <= x1 <= u -> metric (r t) = 0 ->
    (forall s, (1 <= s <= t)%nat -> g s = 0) /\ m t = 0 /\ point (r t) = x1.
  Proof.
    intros Ha Hx1 Hz. assert (E : norm g t = 0).
    { destruct t; [apply sqrt_0|]. rewrite adamnc_metric in Hz.
      assert (Hr : 0 < sqrt (INR (S t))) by (apply sqrt_lt_R0, INR_pos; lia).
      replace (norm g (S t)) with (norm g (S t) / sqrt (INR (S t)) * sqrt (INR (S t)))
        by (field; lra). rewrite Hz. ring. }
    repeat split.
    - intros s Hs. assert (Hsum := norm_squared g t). rewrite E in Hsum.
      apply (sum_squares_zero g t); [rewrite <- Hsum; ring | assumption].
    - apply adamnc_still, E.
    - clear Hz. induction t as [|t IH]; [reflexivity|].
      assert (Et : norm g t = 0).
      { assert (H := norm_mono g t). assert (H0 := norm_nonneg g t). lra. }
      rewrite adamnc_moves, (adamnc_still _ E), (IH Et) by assumption.
      unfold Rdiv. rewrite Rmult_0_l, Rminus_0_r. apply clip_id. assumption.
  Qed.

  Variables (y D : R).
  Hypothesis Ha : 0 < alpha.
  Hypothesis Hside : u - l <= D.
  Hypothesis Hx1 : l <= x1 <= u.
  Hypothesis Hy : l <= y <= u.
  Let c t := norm g t / alpha.

  Lemma adamnc_c_0 : 0 <= c 0%nat.
  Proof. apply div_nonneg; [apply norm_nonneg | lra | lra]. Qed.

  Lemma adamnc_c_mono t : c t <= c (S t).
  Proof.
    apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption | apply norm_mono].
  Qed.

  Lemma adamnc_c_zero t : c t = 0 -> norm g t = 0.
  Proof. intros E. replace (norm g t) with (c t * alpha) by (unfold c; field; lra). nra. Qed.

  Lemma adamnc_constant_coordinate b T :
    0 <= b < 1 -> (forall t, beta1 t = b) ->
    \sum_(t <= T) g t * (point (r (t - 1)) - y)
    <= (D ^ 2 / (2 * alpha * (1 - b)) + (1 + b) * alpha / (1 - b)) * norm g T.
  Proof.
    intros Hb Hconst. eapply Rle_trans.
    - apply (sum_constant l u y D (fun t => point (r t)) m g c beta1) with (beta1 := b);
        try assumption.
      + exact adamnc_c_0.
      + exact adamnc_c_mono.
      + intros t E. apply adamnc_still, adamnc_c_zero, E.
      + intros t. apply adamnc_moves, Ha.
      + intros t. rewrite Hconst. exact Hb.
      + reflexivity.
      + exact adamnc_m.
      + intros t E. apply norm_zero, adamnc_c_zero, E.
    - assert (Hshares := sum_of_shares alpha g T Ha). fold (c T) in Hshares.
      replace ((D ^ 2 / (2 * alpha * (1 - b)) + (1 + b) * alpha / (1 - b)) * norm g T)
        with (D ^ 2 / (2 * (1 - b)) * c T
              + (1 + b) / (2 * (1 - b)) * (2 * alpha * norm g T)) by (unfold c; field; lra).
      apply Rplus_le_compat_l, Rmult_le_compat_l; [apply div_nonneg; lra | exact Hshares].
  Qed.

  (** k = 1 if beta_1,t does not rise, k = 1/(1 - b) for any beta_1,t <= b. *)
  Lemma adamnc_coordinate b k T :
    b < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1 t <= b) ->
    k = 1 /\ (forall t, (1 <= t)%nat -> beta1 (S t) <= beta1 t) \/ k = 1 / (1 - b) ->
    \sum_(t <= T) g t * (point (r (t - 1)) - y)
    <= (D ^ 2 / (2 * alpha) + k * alpha) * norm g T
       + D ^ 2 / (2 * (1 - b)) * (\sum_(t <= T) beta1 t * metric (r t) / (alpha / sqrt (INR t))).
  Proof.
    intros Hb1 Hbeta Hk.
    set (bt := fun t => beta1 (Nat.max 1 t)). (* beta_1,t, also at t = 0 *)
    assert (Hbt : forall t, 0 <= bt t < 1).
    { intros t. assert (H := Hbeta (Nat.max 1 t) ltac:(lia)). unfold bt. lra. }
    assert (HS : forall t, bt (S t) = beta1 (S t)) by (intros; reflexivity).
    assert (Hstill : forall t, c (S t) = 0 -> m (S t) = 0).
    { intros t E. apply adamnc_still, adamnc_c_zero, E. }
    assert (Hstill_g : forall t, c (S t) = 0 -> g (S t) = 0).
    { intros t E. apply norm_zero, adamnc_c_zero, E. }
    assert (Hm : forall t, m (S t) = bt (S t) * m t + (1 - bt (S t)) * g (S t)) by exact adamnc_m.
    assert (Hrest : sum (rest m g c bt) T <= k * (\sum_(t <= T) g t ^ 2 / c t)).
    { destruct Hk as [[-> Hfall]| ->].
      - rewrite Rmult_1_l. apply sum_rest_falling; auto using adamnc_c_0, adamnc_c_mono.
        intros [|t]; [unfold bt; simpl; lra|]. rewrite !HS. apply Hfall. lia.
      - apply sum_rest_any; auto using adamnc_c_0, adamnc_c_mono.
        intros t. apply Hbeta. lia. }
    assert (Hk0 : 0 <= k).
    { destruct Hk as [[-> _]| ->]; [lra | apply div_nonneg; lra]. }
    assert (Hshares := sum_of_shares alpha g T Ha).
    assert (Hrest' : k * (\sum_(t <= T) g t ^ 2 / c t) <= k * (2 * alpha * norm g T)).
    { apply Rmult_le_compat_l; assumption. }
    assert (Hsum : \sum_(t <= T) bt t / (1 - bt t) * c t
                   <= 1 / (1 - b) * (\sum_(t <= T) beta1 t * metric (r t) / (alpha / sqrt (INR t)))).
    { rewrite <- sum_scale. apply sum_le. intros [|t] Ht; [lia|].
      assert (Hr : 0 < sqrt (INR (S t))) by (apply sqrt_lt_R0, INR_pos; lia).
      rewrite adamnc_metric, HS.
      replace (norm g (S t)) with (alpha * c (S t)) by (unfold c; field; lra).
      replace (1 / (1 - b) * (beta1 (S t) * (alpha * c (S t) / sqrt (INR (S t)))
                              / (alpha / sqrt (INR (S t)))))
        with (beta1 (S t) / (1 - b) * c (S t)) by (field; repeat split; lra).
      assert (H := Hbeta (S t) ltac:(lia)).
      apply Rmult_le_compat_r.
      - apply div_nonneg; [apply norm_nonneg | lra | lra].
      - apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra. }
    assert (HD : 0 <= D ^ 2 / 2) by (assert (H := pow2_ge_0 D); lra).
    apply Rmult_le_compat_r with (r := D ^ 2 / 2) in Hsum; [|exact HD].
    eapply Rle_trans.
    - apply (sum_with_momentum l u y D (fun t => point (r t)) m g c bt);
        auto using adamnc_c_0, adamnc_c_mono.
      intros t. apply adamnc_moves, Ha.
    - replace ((D ^ 2 / (2 * alpha) + k * alpha) * norm g T)
        with (D ^ 2 / 2 * c T + k * (2 * alpha * norm g T) / 2) by (unfold c; field; lra).
      set (M := \sum_(t <= T) beta1 t * _ / _) in *.
      replace (D ^ 2 / (2 * (1 - b)) * M) with (1 / (1 - b) * M * (D ^ 2 / 2)) by (field; lra).
      lra.
  Qed.
End Adamnc.

(** *** The theorems: x_t are the points, psi_t,i = v_t,i^(1/2) the metrics *)

Definition adamnc_points alpha beta1 := points (adamnc_rounds alpha beta1) (0, 0).

Definition adamnc_metrics alpha beta1 (l u x1 : vector) (g : nat -> vector) (t : nat) : vector :=
  fun i => metric (run (adamnc_rounds alpha beta1) (clip (l i) (u i)) (x1 i) (0, 0)
                     (fun s => g s i) t).

(** N45. With beta_2,t = 1 - 1/t, v_t = (1/t) sum_(j <= t) g_j^2: "AdamNC is AdaGrad with
    momentum". Holds for all gradients, all beta_1,t and any projection. *)
Theorem adamnc_second_moment alpha beta1 project x1 g t :
  (1 <= t)%nat ->
  snd (state (run (adamnc_rounds alpha beta1) project x1 (0, 0) g t))
  = 1 / INR t * (\sum_(j <= t) g j ^ 2).
Proof.
  intros Ht. assert (Hpos := INR_pos t Ht).
  assert (H : INR t * snd (state (run (adamnc_rounds alpha beta1) project x1 (0, 0) g t))
              = \sum_(j <= t) g j ^ 2).
  2: { rewrite <- H. field. lra. }
  clear Ht Hpos. induction t as [|t IH]; [simpl; ring|].
  rewrite sum_S, <- IH, run_S. set (before := run _ _ _ _ _ t).
  destruct before as [[x psi] [m v]].
  unfold adamnc_rounds, adamnc, state, point; cbn [fst snd].
  assert (Hpos : 0 < INR (S t)) by (apply INR_pos; lia).
  rewrite S_INR in *. field. lra.
Qed.

Lemma regret_adamnc_changing d l u x1 D_inf alpha beta1 beta1_t k f g y T :
  0 < alpha -> beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_t t <= beta1) ->
  k = 1 /\ (forall t, (1 <= t)%nat -> beta1_t (S t) <= beta1_t t) \/ k = 1 / (1 - beta1) ->
  let x := adamnc_points alpha beta1_t l u x1 g in
  let psi := adamnc_metrics alpha beta1_t l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha) + k * alpha) * norm_sum d g T
     + D_inf ^ 2 / (2 * (1 - beta1)) * momentum_term d alpha beta1_t psi T.
Proof.
  intros Ha Hb1 Hb Hk x psi Hgame. assert (H := Hgame). destruct H as (Hx & Hy & Hside & _).
  unfold norm_sum, momentum_term.
  rewrite (sum_swap (fun t i => beta1_t t * psi t i / (alpha / sqrt (INR t)))).
  rewrite <- !sum_scale, <- sum_plus. apply (regret_by_coordinates d l u D_inf f x g y T).
  - exact Hgame.
  - intros i Hi. apply adamnc_coordinate; auto.
Qed.

(** N57. AdamNC with alpha_t = alpha / sqrt t and beta_1,t <= beta1 < 1 that does not rise:
    AdaGrad's bound, and the momentum term. There is no other condition on the betas. Holds; new. *)
Theorem regret_adamnc d l u x1 D_inf alpha beta1 beta1_t f g y T :
  0 < alpha -> beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_t t <= beta1) ->
  (forall t, (1 <= t)%nat -> beta1_t (S t) <= beta1_t t) ->
  let x := adamnc_points alpha beta1_t l u x1 g in
  let psi := adamnc_metrics alpha beta1_t l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha) + alpha) * norm_sum d g T
     + D_inf ^ 2 / (2 * (1 - beta1)) * momentum_term d alpha beta1_t psi T.
Proof.
  intros Ha Hb1 Hb Hfall x psi Hgame. replace alpha with (1 * alpha) at 2 by ring.
  apply (regret_adamnc_changing d l u x1); auto.
Qed.

(** N57. If beta_1,t may rise too, with alpha / (1 - beta1) for alpha in the bracket. *)
Theorem regret_adamnc_any_beta1 d l u x1 D_inf alpha beta1 beta1_t f g y T :
  0 < alpha -> beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_t t <= beta1) ->
  let x := adamnc_points alpha beta1_t l u x1 g in
  let psi := adamnc_metrics alpha beta1_t l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha) + alpha / (1 - beta1)) * norm_sum d g T
     + D_inf ^ 2 / (2 * (1 - beta1)) * momentum_term d alpha beta1_t psi T.
Proof.
  intros Ha Hb1 Hb x psi Hgame.
  replace (alpha / (1 - beta1)) with (1 / (1 - beta1) * alpha) by (unfold Rdiv; ring).
  apply (regret_adamnc_changing d l u x1); auto.
Qed.

Lemma norm_sum_nonneg d g T : 0 <= norm_sum d g T.
Proof. apply sum_nonneg. intros. apply norm_nonneg. Qed.

(** N46. Theorem 5 of Reddi et al. (zeta = alpha) with smaller first and third terms, for any
    0 <= beta_1,t <= beta1 < 1. Holds. *)
Theorem regret_adamnc_sharper_theorem_5 d l u x1 D_inf alpha beta1 beta1_t f g y T :
  0 < alpha -> beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_t t <= beta1) ->
  let x := adamnc_points alpha beta1_t l u x1 g in
  let psi := adamnc_metrics alpha beta1_t l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T
  <= D_inf ^ 2 / (2 * alpha) * norm_sum d g T
     + D_inf ^ 2 / (2 * (1 - beta1)) * momentum_term d alpha beta1_t psi T
     + alpha * (1 + beta1 / (1 - beta1) ^ 2) * norm_sum d g T.
Proof.
  intros Ha Hb1 Hb x psi Hgame.
  assert (H := regret_adamnc_any_beta1 d l u x1 D_inf alpha beta1 beta1_t f g y T Ha Hb1 Hb Hgame).
  assert (Hmore : alpha / (1 - beta1) <= alpha * (1 + beta1 / (1 - beta1) ^ 2)).
  { assert (0 <= alpha * (beta1 / (1 - beta1)) ^ 2) by (apply Rmult_le_pos;
      [lra | apply pow2_ge_0]).
    replace (alpha * (1 + beta1 / (1 - beta1) ^ 2))
      with (alpha / (1 - beta1) + alpha * (beta1 / (1 - beta1)) ^ 2) by (field; lra). lra. }
  apply (Rmult_le_compat_r _ _ _ (norm_sum_nonneg d g T)) in Hmore.
  fold x psi in H. lra.
Qed.

(** N45. Theorem 5 of Reddi et al. (zeta = alpha) holds for any 0 <= beta_1,t <= beta1 < 1, once
    its first term has the 1/alpha that the text of ICLR 2018 lacks. *)
Theorem regret_adamnc_theorem_5 d l u x1 D_inf alpha beta1 beta1_t f g y T :
  0 < alpha -> beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_t t <= beta1) ->
  let x := adamnc_points alpha beta1_t l u x1 g in
  let psi := adamnc_metrics alpha beta1_t l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T
  <= D_inf ^ 2 / (2 * alpha * (1 - beta1)) * norm_sum d g T
     + D_inf ^ 2 / (2 * (1 - beta1)) * momentum_term d alpha beta1_t psi T
     + 2 * alpha / (1 - beta1) ^ 3 * norm_sum d g T.
Proof.
  intros Ha Hb1 Hb x psi Hgame.
  assert (H := regret_adamnc_any_beta1 d l u x1 D_inf alpha beta1 beta1_t f g y T Ha Hb1 Hb Hgame).
  assert (Hb0 : 0 <= beta1) by (specialize (Hb 1%nat ltac:(lia)); lra).
  assert (Hmore : D_inf ^ 2 / (2 * alpha) + alpha / (1 - beta1)
                  <= D_inf ^ 2 / (2 * alpha * (1 - beta1)) + 2 * alpha / (1 - beta1) ^ 3).
  { assert (0 < alpha * (1 - beta1)) by (apply Rmult_lt_0_compat; lra).
    assert (0 <= alpha * beta1) by (apply Rmult_le_pos; lra).
    apply Rplus_le_compat.
    - apply div_larger; [apply pow2_ge_0 | lra | lra].
    - replace (alpha / (1 - beta1)) with (alpha * (1 - beta1) ^ 2 / (1 - beta1) ^ 3) by (field; lra).
      apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, pow_lt; lra|].
      assert ((1 - beta1) ^ 2 <= 1); nra. }
  apply (Rmult_le_compat_r _ _ _ (norm_sum_nonneg d g T)) in Hmore.
  fold x psi in H. lra.
Qed.

(** N48. A constant beta1: no decay of it is needed, and (1 + beta1) alpha stands for the 2 alpha
    of N47. Holds; the factor is new. *)
Theorem regret_adamnc_constant_beta1 d l u x1 D_inf alpha beta1 f g y T :
  0 < alpha -> 0 <= beta1 < 1 ->
  let x := adamnc_points alpha (fun _ => beta1) l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha * (1 - beta1)) + (1 + beta1) * alpha / (1 - beta1))
     * norm_sum d g T.
Proof.
  intros Ha Hb x Hgame. assert (H := Hgame). destruct H as (Hx & Hy & Hside & _).
  unfold norm_sum. rewrite <- sum_scale. apply (regret_by_coordinates d l u D_inf f x g y T).
  - exact Hgame.
  - intros i Hi. apply adamnc_constant_coordinate; auto.
Qed.

(** N47. A constant beta1, with 2 alpha / (1 - beta1). Holds. *)
Theorem regret_adamnc_constant_beta1_doubled d l u x1 D_inf alpha beta1 f g y T :
  0 < alpha -> 0 <= beta1 < 1 ->
  let x := adamnc_points alpha (fun _ => beta1) l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha * (1 - beta1)) + 2 * alpha / (1 - beta1)) * norm_sum d g T.
Proof.
  intros Ha Hb x Hgame.
  assert (H := regret_adamnc_constant_beta1 d l u x1 D_inf alpha beta1 f g y T Ha Hb Hgame).
  assert (Hmore : (1 + beta1) * alpha / (1 - beta1) <= 2 * alpha / (1 - beta1)).
  { apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra | nra]. }
  apply (Rmult_le_compat_r _ _ _ (norm_sum_nonneg d g T)) in Hmore. fold x in H. lra.
Qed.

(** N47. So for gradients that G_inf bounds the regret is O(sqrt T), and the average vanishes. *)
Theorem regret_adamnc_constant_beta1_root d l u x1 D_inf G_inf alpha beta1 f g y T :
  0 < alpha -> 0 <= beta1 < 1 -> 0 <= G_inf ->
  let x := adamnc_points alpha (fun _ => beta1) l u x1 g in
  game d l u D_inf f x g y T ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha * (1 - beta1)) + 2 * alpha / (1 - beta1))
     * INR d * G_inf * sqrt (INR T).
Proof.
  intros Ha Hb HG x Hgame Hbound.
  eapply Rle_trans; [apply (regret_adamnc_constant_beta1_doubled d l u x1 D_inf); assumption|].
  rewrite !Rmult_assoc. apply Rmult_le_compat_l.
  - assert (H := pow2_ge_0 D_inf). apply Rplus_le_le_0_compat; apply div_nonneg; nra.
  - rewrite <- sum_const. apply sum_le. intros i Hi. apply norm_le; auto.
Qed.

(** *** Corollary 2 *)

(** sum_t t lambda^(t-1) <= 1/(1 - lambda)^2, by its closed form. *)
Lemma sum_decay lam T :
  0 < lam < 1 -> \sum_(t <= T) INR t * lam ^ (t - 1) <= 1 / (1 - lam) ^ 2.
Proof.
  intros Hl.
  assert (Hclosed : \sum_(t <= T) INR t * lam ^ (t - 1)
                    = (1 - lam ^ T * (1 + INR T * (1 - lam))) / (1 - lam) ^ 2).
  { induction T as [|T IH]; [simpl; field; lra|].
    rewrite sum_S, IH, S_INR. replace (S T - 1)%nat with T by lia. simpl. field. lra. }
  rewrite Hclosed. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, pow_lt; lra|].
  assert (0 <= lam ^ T * (1 + INR T * (1 - lam))); [|lra].
  assert (H := pos_INR T). apply Rmult_le_pos; [apply pow_le; lra | nra].
Qed.

(** The momentum term, for beta_1,t = beta1 lambda^(t-1) and |g_t,i| <= G_inf. *)
Lemma momentum_term_decayed d l u x1 G_inf alpha beta1 lam g T :
  0 < alpha -> 0 <= beta1 < 1 -> 0 < lam < 1 -> 0 <= G_inf ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  let beta1_t := fun t => beta1 * lam ^ (t - 1) in
  momentum_term d alpha beta1_t (adamnc_metrics alpha beta1_t l u x1 g) T
  <= INR d * (beta1 * G_inf / (alpha * (1 - lam) ^ 2)).
Proof.
  intros Ha Hb Hl HG Hg beta1_t. unfold momentum_term.
  assert (Hbg : 0 <= beta1 * G_inf / alpha).
  { apply div_nonneg; [apply Rmult_le_pos|..]; lra. }
  apply Rle_trans
    with (\sum_(t <= T) (INR d * (beta1 * G_inf / alpha)) * (INR t * lam ^ (t - 1))).
  - apply sum_le. intros [|t] Ht; [lia|]. rewrite Rmult_assoc, <- sum_const.
    apply sum_le. intros i Hi. unfold adamnc_metrics. rewrite adamnc_metric.
    set (s := sqrt (INR (S t))). set (n := norm _ _).
    assert (Hs : 1 <= s).
    { unfold s. rewrite <- sqrt_1. apply sqrt_le_1_alt. rewrite S_INR. assert (H := pos_INR t). lra. }
    assert (Hs2 : s ^ 2 = INR (S t)) by (apply pow2_sqrt, pos_INR).
    assert (Hn : n <= G_inf * s).
    { apply norm_le; [assumption|]. intros j Hj. apply Hg; [lia | assumption]. }
    replace (beta1_t (S t) * (n / s) / (alpha / s))
      with (beta1 * lam ^ (S t - 1) / alpha * n) by (unfold beta1_t; field; split; lra).
    replace (beta1 * G_inf / alpha * (INR (S t) * lam ^ (S t - 1)))
      with (beta1 * lam ^ (S t - 1) / alpha * (G_inf * INR (S t))) by (field; lra).
    assert (0 <= G_inf * s * (s - 1)) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra).
    apply Rmult_le_compat_l; [|rewrite <- Hs2; lra].
    apply div_nonneg; [apply Rmult_le_pos; [lra | apply pow_le; lra] | lra | lra].
  - rewrite sum_scale.
    replace (INR d * (beta1 * G_inf / (alpha * (1 - lam) ^ 2)))
      with (INR d * (beta1 * G_inf / alpha) * (1 / (1 - lam) ^ 2)) by (field; lra).
    apply Rmult_le_compat_l; [|apply sum_decay, Hl].
    apply Rmult_le_pos; [apply pos_INR | assumption].
Qed.

(** N58. Corollary 2 of Reddi et al., beta_1,t = beta1 lambda^(t-1) and |g_t,i| <= G_inf, holds
    once its first term has 1/alpha and its second d/alpha. *)
Theorem regret_adamnc_corollary_2 d l u x1 D_inf G_inf alpha beta1 lam f g y T :
  0 < alpha -> 0 <= beta1 < 1 -> 0 < lam < 1 -> 0 <= G_inf ->
  let x := points (fun t => adamnc_decayed_beta1 (alpha / sqrt (INR t)) beta1 lam t) (0, 0)
             l u x1 g in
  game d l u D_inf f x g y T ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  regret f x y T
  <= D_inf ^ 2 / (2 * alpha * (1 - beta1)) * norm_sum d g T
     + INR d * beta1 * D_inf ^ 2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2)
     + 2 * alpha / (1 - beta1) ^ 3 * norm_sum d g T.
Proof.
  intros Ha Hb Hl HG x Hgame Hg. set (beta1_t := fun t : nat => beta1 * lam ^ (t - 1)).
  assert (Hbt : forall t, (1 <= t)%nat -> 0 <= beta1_t t <= beta1).
  { intros t _. unfold beta1_t. assert (0 <= lam ^ (t - 1)) by (apply pow_le; lra).
    assert (lam ^ (t - 1) <= 1) by (apply pow_le_1; lra). nra. }
  (* the printed rule is that of Theorem 5 with this beta_1,t *)
  change x with (adamnc_points alpha beta1_t l u x1 g) in *.
  assert (H := regret_adamnc_theorem_5 d l u x1 D_inf alpha beta1 beta1_t f g y T
                 Ha (proj2 Hb) Hbt Hgame). cbv zeta in H.
  assert (Hterm := momentum_term_decayed d l u x1 G_inf alpha beta1 lam g T Ha Hb Hl HG Hg).
  cbv zeta in Hterm. fold beta1_t in Hterm.
  apply (Rmult_le_compat_l (D_inf ^ 2 / (2 * (1 - beta1)))) in Hterm.
  - replace (INR d * beta1 * D_inf ^ 2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2))
      with (D_inf ^ 2 / (2 * (1 - beta1)) * (INR d * (beta1 * G_inf / (alpha * (1 - lam) ^ 2))))
      by (field; lra).
    lra.
  - assert (Hd := pow2_ge_0 D_inf). apply div_nonneg; lra.
Qed.

(** *** As printed at ICLR 2018 *)

(** Theorem 5 (zeta = alpha) without 1/alpha in its first term, read for linear losses only, which
    are convex: f_t(x) = <g_t, x>. *)
Definition theorem_5_as_printed : Prop :=
  forall d l u x1 D_inf alpha beta1 beta1_t g y T,
  0 < alpha -> beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_t t <= beta1) ->
  let f := fun t (x : vector) => \sum_(i <= d) g t i * x i in
  let x := adamnc_points alpha beta1_t l u x1 g in
  let psi := adamnc_metrics alpha beta1_t l u x1 g in
  game d l u D_inf f x g y T ->
  regret f x y T
  <= D_inf ^ 2 / (2 * (1 - beta1)) * norm_sum d g T
     + D_inf ^ 2 / (2 * (1 - beta1)) * momentum_term d alpha beta1_t psi T
     + 2 * alpha / (1 - beta1) ^ 3 * norm_sum d g T.

(** Corollary 2 without 1/alpha and without d/alpha, in the same reading; what the display bounds
    is not named there: the regret. *)
Definition corollary_2_as_printed : Prop :=
  forall d l u x1 D_inf G_inf alpha beta1 lam g y T,
  0 < alpha -> 0 <= beta1 < 1 -> 0 < lam < 1 -> 0 <= G_inf ->
  let f := fun t (x : vector) => \sum_(i <= d) g t i * x i in
  let x := points (fun t => adamnc_decayed_beta1 (alpha / sqrt (INR t)) beta1 lam t) (0, 0)
             l u x1 g in
  game d l u D_inf f x g y T ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  regret f x y T
  <= D_inf ^ 2 / (2 * (1 - beta1)) * norm_sum d g T
     + beta1 * D_inf ^ 2 * G_inf / (2 * (1 - beta1) * (1 - lam) ^ 2)
     + 2 * alpha / (1 - beta1) ^ 3 * norm_sum d g T.

(** One round of f(x) = x on [0, 1] from 1, against 0, is a game, whatever the rule. *)
Lemma one_round_game {State} (step : nat -> R -> R -> State -> R * R * State) state0 :
  let l := fun _ : nat => 0 in
  let u := fun _ : nat => 1 in
  let g := fun _ _ : nat => 1 in
  let x := points step state0 l u (fun _ => 1) g in
  let f := fun (t : nat) (x : vector) => \sum_(i <= 1) g t i * x i in
  game 1 l u 1 f x g (fun _ => 0) 1 /\ regret f x (fun _ => 0) 1 = 1 /\ norm_sum 1 g 1 = 1.
Proof.
  intros l u g x f. unfold game, in_box, subgradient, regret, norm_sum, norm, f, x, points, l, u, g.
  simpl. unfold point; simpl. repeat split; intros; try lra.
  replace (0 + 1 * (1 * 1)) with 1 by ring. rewrite sqrt_1. ring.
Qed.

(** N53. Theorem 5 as the text of ICLR 2018 prints it is refuted: in one round of f(x) = x on
    [0, 1] from 1, with beta1 = 0 and alpha = 1/100, the regret is 1, its right-hand side 13/25. *)
Theorem theorem_5_as_printed_refuted : ~ theorem_5_as_printed.
Proof.
  intros H.
  destruct (one_round_game (adamnc_rounds (1 / 100) (fun _ => 0)) (0, 0)) as (Hgame & Hr & Hn).
  assert (H' := H 1%nat _ _ _ 1 (1 / 100) 0 (fun _ => 0) _ _ 1%nat ltac:(lra) ltac:(lra)
                  ltac:(intros; lra) Hgame).
  cbv beta zeta in *. unfold adamnc_points in H'. rewrite Hr, Hn in H'. clear - H'.
  unfold momentum_term in H'. simpl in H'. lra.
Qed.

(** N54. Corollary 2 as printed: refuted by the same round. *)
Theorem corollary_2_as_printed_refuted : ~ corollary_2_as_printed.
Proof.
  intros H.
  destruct (one_round_game
    (fun t => adamnc_decayed_beta1 (1 / 100 / sqrt (INR t)) 0 (1 / 2) t) (0, 0))
    as (Hgame & Hr & Hn).
  assert (H' := H 1%nat _ _ _ 1 1 (1 / 100) 0 (1 / 2) _ _ 1%nat ltac:(lra) ltac:(lra)
                  ltac:(lra) ltac:(lra) Hgame).
  cbv beta zeta in *. rewrite Hr, Hn in H'.
  assert (Hg : forall t i : nat, (1 <= t <= 1)%nat -> (1 <= i <= 1)%nat -> Rabs 1 <= 1)
    by (intros; rewrite Rabs_R1; lra).
  specialize (H' Hg). clear - H'. simpl in H'. lra.
Qed.

(** ** AdaGrad's bound is sharp *)

Lemma bernoulli x n : 0 <= x <= 1 -> 1 - INR n * x <= (1 - x) ^ n.
Proof.
  intros Hx. induction n as [|n IH]; [simpl; lra|].
  rewrite S_INR. simpl. assert (Hn := pos_INR n).
  assert ((1 - x) * (1 - INR n * x) <= (1 - x) * (1 - x) ^ n)
    by (apply Rmult_le_compat_l; lra).
  assert (0 <= INR n * x ^ 2) by (apply Rmult_le_pos; [assumption | apply pow2_ge_0]).
  lra.
Qed.

Section Sharp.
  (** After a first gradient 1, each gradient is p times the norm of those before it, so that the
      norm grows by the factor q each round, and each step is h = alpha p/q = 2/N long. From -1 the
      gradients push up and down in turns, n times; then they push up N times, to 1. *)
  Variables (alpha p q h : R) (n N : nat).
  Hypothesis Ha : 0 < alpha.
  Hypothesis Hp : 0 < p.
  Hypothesis Hq : 1 <= q.
  Hypothesis Hpq : q ^ 2 = 1 + p ^ 2.
  Hypothesis Hh : h = alpha * p / q.
  Hypothesis HN : (1 <= N)%nat.
  Hypothesis HhN : h * INR N = 2.

  Definition down (k : nat) : bool := (k <? 2 * n)%nat && Nat.odd k.
  Definition sharp_g (t : nat) : R :=
    match t with
    | O => 0
    | S O => 1
    | S (S k) => (if down k then 1 else -1) * (p * q ^ k)
    end.

  Let x k := point (run (adagrad alpha) (clip (-1) 1) (-1) 0 sharp_g k).

  Lemma sharp_norm k : norm sharp_g (S k) = q ^ k.
  Proof.
    unfold norm. apply sqrt_lem_1; [apply sum_nonneg; intros; apply pow2_ge_0 | apply pow_le; lra |].
    induction k as [|k IH]; [simpl; ring|].
    rewrite sum_S, <- IH. simpl (q ^ S k).
    replace (q * q ^ k * (q * q ^ k)) with (q ^ 2 * (q ^ k * q ^ k)) by ring.
    rewrite Hpq. simpl sharp_g. destruct (down k); ring.
  Qed.

  Lemma sharp_move k :
    x (S (S k)) = clip (-1) 1 (x (S k) + (if down k then - h else h)).
  Proof.
    unfold x. rewrite adagrad_moves by lra. rewrite sharp_norm, Hh. f_equal.
    assert (0 < q ^ k) by (apply pow_lt; lra).
    simpl. destruct (down k); field; repeat split; lra.
  Qed.

  Lemma sharp_first : x 1%nat = -1.
  Proof.
    unfold x. rewrite adagrad_moves by lra. rewrite sharp_norm. simpl. unfold point; simpl.
    unfold clip. rewrite Rmin_right, Rmax_left; try lra.
    - replace (-1 - 1 / (1 / alpha)) with (-1 - alpha) by (field; lra). lra.
    - replace (-1 - 1 / (1 / alpha)) with (-1 - alpha) by (field; lra). lra.
  Qed.

  Lemma h_range : 0 < h <= 2.
  Proof.
    assert (H1 : 1 <= INR N) by (apply (le_INR 1); assumption). split; [|nra].
    rewrite Hh. apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra.
  Qed.

  Lemma down_false k : down (2 * k) = false.
  Proof.
    unfold down. rewrite Nat.odd_mul. simpl. apply Bool.andb_false_r.
  Qed.

  Lemma down_true k : (k < n)%nat -> down (S (2 * k)) = true.
  Proof.
    intros Hk. unfold down. replace (S (2 * k)) with (1 + 2 * k)%nat by lia.
    rewrite Nat.odd_add_mul_2. simpl. rewrite Bool.andb_true_r. apply Nat.ltb_lt. lia.
  Qed.

  Lemma down_late k : (2 * n <= k)%nat -> down k = false.
  Proof.
    intros Hk. unfold down. replace (k <? 2 * n)%nat with false; [reflexivity|].
    symmetry. apply Nat.ltb_ge. assumption.
  Qed.

  (** The turns: after each pair of rounds the point is at -1 again. *)
  Lemma sharp_turns k :
    (k <= n)%nat ->
    x (S (2 * k)) = -1 /\
    \sum_(t <= S (2 * k)) sharp_g t * (x (t - 1)%nat - 1)
    = (q ^ (2 * k) - 1) * (alpha - 2 * (q - 1) / p) - 2.
  Proof.
    assert (Hr := h_range). induction k as [|k IH]; intros Hk.
    - split; [apply sharp_first|]. simpl. unfold x, point; simpl. lra.
    - destruct (IH ltac:(lia)) as [Hx Hsum]. clear IH.
      assert (Hup : x (S (S (2 * k))) = -1 + h).
      { rewrite sharp_move, down_false, Hx. apply clip_id. lra. }
      replace (2 * S k)%nat with (S (S (2 * k))) by lia. split.
      + rewrite sharp_move, down_true, Hup by lia. rewrite clip_id; lra.
      + rewrite sum_S, (sum_S _ (S (2 * k))), Hsum.
        replace (S (S (S (2 * k))) - 1)%nat with (S (S (2 * k))) by lia.
        replace (S (S (2 * k)) - 1)%nat with (S (2 * k)) by lia.
        rewrite Hx, Hup. unfold sharp_g. rewrite down_false, down_true by lia.
        rewrite <- !tech_pow_Rmult. set (Q := q ^ (2 * k)).
        replace (q * (q * Q)) with (q ^ 2 * Q) by ring. rewrite Hpq, Hh. field. lra.
  Qed.

  (** The pushes. *)
  Lemma sharp_pushes j :
    (j <= N)%nat ->
    x (S (2 * n + j)) = -1 + INR j * h /\
    (q ^ (2 * n) - 1) * (alpha - 2 * (q - 1) / p) - 2
    + q ^ (2 * n) * p * (2 * INR j - h * INR j * (INR j - 1) / 2)
    <= \sum_(t <= S (2 * n + j)) sharp_g t * (x (t - 1)%nat - 1).
  Proof.
    assert (Hr := h_range). induction j as [|j IH]; intros Hj.
    - rewrite Nat.add_0_r. destruct (sharp_turns n (le_n n)) as [-> ->]. simpl. lra.
    - destruct (IH ltac:(lia)) as [Hx Hsum]. clear IH.
      assert (Hjh : (INR j + 1) * h <= 2).
      { rewrite <- HhN, (Rmult_comm h). apply Rmult_le_compat_r; [lra|].
        rewrite <- S_INR. apply le_INR. assumption. }
      assert (Hj0 := pos_INR j). assert (0 <= INR j * h) by (apply Rmult_le_pos; lra).
      replace (2 * n + S j)%nat with (S (2 * n + j)) by lia. split.
      + rewrite sharp_move, down_late, Hx, S_INR by lia. rewrite clip_id; lra.
      + rewrite sum_S. replace (S (S (2 * n + j)) - 1)%nat with (S (2 * n + j)) by lia.
        unfold sharp_g at 2. rewrite down_late, Hx, S_INR by lia.
        assert (Hmore : q ^ (2 * n) * (p * (2 - INR j * h)) <= q ^ (2 * n + j) * (p * (2 - INR j * h))).
        { apply Rmult_le_compat_r; [apply Rmult_le_pos; lra|]. apply Rle_pow; lia || lra. }
        lra.
  Qed.

  Lemma sharp_regret :
    q ^ (2 * n) * (alpha + 2 / alpha) - 2 - alpha - p * q ^ (2 * n)
    <= \sum_(t <= S (2 * n + N)) sharp_g t * (x (t - 1)%nat - 1).
  Proof.
    destruct (sharp_pushes N (le_n N)) as [_ H]. eapply Rle_trans; [|exact H]. clear H.
    set (Q := q ^ (2 * n)). assert (HQ : 1 <= Q) by (apply pow_R1_Rle; assumption).
    assert (H1 : 1 <= INR N) by (apply (le_INR 1); assumption).
    replace (h * INR N * (INR N - 1) / 2) with (INR N - 1) by (rewrite HhN; field).
    (* a turn costs alpha, but for what is lost to the larger second gradient *)
    assert (Hturn : 2 * (q - 1) / p <= p).
    { apply Rmult_le_reg_r with p; [assumption|].
      replace (2 * (q - 1) / p * p) with (2 * (q - 1)) by (field; lra).
      assert (0 <= (q - 1) ^ 2) by apply pow2_ge_0. lra. }
    assert (Hpush : 2 / alpha <= p * (INR N + 1)).
    { replace (2 / alpha) with (p * INR N / q).
      - apply Rle_trans with (p * INR N / 1); [|lra].
        apply div_larger; [apply Rmult_le_pos; lra | lra | lra].
      - rewrite <- HhN, Hh. field. lra. }
    assert ((Q - 1) * (2 * (q - 1) / p) <= (Q - 1) * p) by (apply Rmult_le_compat_l; lra).
    assert (Q * (2 / alpha) <= Q * (p * (INR N + 1))) by (apply Rmult_le_compat_l; lra).
    lra.
  Qed.
End Sharp.

(** There are such p and q, as near to 0 and 1 as one likes; S = q^(2n) is as large as one likes. *)
Lemma sharp_parameters alpha e B :
  0 < alpha -> 0 < e < 1 ->
  exists p q h n N, 0 < p <= e /\ 1 <= q /\ q ^ 2 = 1 + p ^ 2 /\ h = alpha * p / q /\
    (1 <= N)%nat /\ h * INR N = 2 /\ q ^ N * (1 - e) <= 1 /\ B <= q ^ (2 * n).
Proof.
  intros Ha He.
  assert (Hae : 0 < alpha * e / 4) by nra.
  assert (Haae : 0 < alpha ^ 2 * e / 4).
  { apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; [apply pow_lt|]|]; lra. }
  destruct (archimed_cor1 (Rmin (alpha * e / 4) (alpha ^ 2 * e / 4))) as (N & HN & HN0).
  { apply Rmin_glb_lt; assumption. }
  assert (HN1 := Rlt_le_trans _ _ _ HN (Rmin_l _ _)).
  assert (HN2 := Rlt_le_trans _ _ _ HN (Rmin_r _ _)). clear HN.
  assert (HNpos : 0 < INR N) by (apply INR_pos; lia).
  set (z := 2 / (alpha * INR N)).
  assert (Hz : 0 < z <= e / 2).
  { split; [apply Rdiv_lt_0_compat; [lra | apply Rmult_lt_0_compat; assumption]|].
    replace z with (2 / alpha * / INR N) by (unfold z; field; lra).
    replace (e / 2) with (2 / alpha * (alpha * e / 4)) by (field; lra).
    apply Rmult_le_compat_l; [apply div_nonneg|]; lra. }
  assert (HNz : INR N * z ^ 2 <= e).
  { replace (INR N * z ^ 2) with (4 / alpha ^ 2 * / INR N) by (unfold z; field; lra).
    replace e with (4 / alpha ^ 2 * (alpha ^ 2 * e / 4)) by (field; lra).
    assert (0 < alpha ^ 2) by (apply pow_lt; assumption).
    apply Rmult_le_compat_l; [apply div_nonneg|]; lra. }
  set (w := sqrt (1 - z ^ 2)).
  assert (Hw2 : w ^ 2 = 1 - z ^ 2) by (apply pow2_sqrt; nra).
  assert (Hw0 : 0 <= w) by apply sqrt_pos.
  assert (Hw : 1 / 2 <= w < 1) by (split; nra).
  assert (Hq : 1 < / w) by (rewrite <- Rinv_1; apply Rinv_lt_contravar; lra).
  destruct (Pow_x_infinity (/ w)) with (b := B) as [n Hn]; [rewrite Rabs_pos_eq; lra|].
  exists (z / w), (/ w), (alpha * z), n, N. repeat split.
  - apply Rdiv_lt_0_compat; lra.
  - apply Rmult_le_reg_r with w; [lra|]. replace (z / w * w) with z by (field; lra). nra.
  - lra.
  - apply Rmult_eq_reg_r with (w ^ 2); [|apply pow_nonzero; lra].
    field_simplify; [rewrite Hw2; ring | lra | lra].
  - field. lra.
  - lia.
  - unfold z. field. lra.
  - (* Bernoulli's inequality *)
    assert (HwN : 1 - e <= w ^ N).
    { assert (Hb := bernoulli (z ^ 2) N ltac:(split; nra)). rewrite <- Hw2, <- pow_mult in Hb.
      replace (2 * N)%nat with (N + N)%nat in Hb by lia. rewrite pow_add in Hb.
      assert (0 <= w ^ N) by (apply pow_le; assumption).
      assert (w ^ N <= 1) by (apply pow_le_1; lra). nra. }
    apply Rle_trans with ((/ w) ^ N * w ^ N).
    + apply Rmult_le_compat_l; [apply pow_le; lra | assumption].
    + rewrite <- Rpow_mult_distr, Rinv_l, pow1 by lra. lra.
  - specialize (Hn (2 * n)%nat ltac:(lia)). rewrite Rabs_pos_eq in Hn by (apply pow_le; lra). lra.
Qed.

(** N59. For every alpha > 0 the supremum over all games of AdaGrad's regret over the bound of N49
    is 1: for every eps > 0 a game of linear losses on [-1, 1] from -1, so that D_inf = 2, comes to
    1 - eps times the bound, which is positive. Holds; new. (The turns of this game are not of
    equal size, as the chapter's are, but such that each pair leads back to -1.) *)
Theorem adagrad_bound_sharp alpha eps :
  0 < alpha -> 0 < eps ->
  exists (g : nat -> vector) (T : nat),
  let l := fun _ : nat => -1 in
  let u := fun _ : nat => 1 in
  let x := points (adagrad alpha) 0 l u (fun _ => -1) g in
  let f := fun t (x : vector) => \sum_(i <= 1) g t i * x i in
  let y := fun _ : nat => 1 in
  let bound := (2 ^ 2 / (2 * alpha) + alpha) * norm_sum 1 g T in
  game 1 l u 2 f x g y T /\ 0 < bound /\ (1 - eps) * bound <= regret f x y T.
Proof.
  intros Ha Heps.
  (* K is the factor of the bound; e at most 1/2, eps/2 and K eps/4 *)
  set (K := 2 ^ 2 / (2 * alpha) + alpha).
  assert (HK : 0 < K) by (assert (0 < 2 ^ 2 / (2 * alpha)) by (apply Rdiv_lt_0_compat; lra);
    unfold K; lra).
  set (eps' := Rmin eps (1 / 2)).
  assert (Heps' : 0 < eps' <= 1 / 2 /\ eps' <= eps).
  { unfold eps'. assert (H1 := Rmin_l eps (1 / 2)). assert (H2 := Rmin_r eps (1 / 2)).
    assert (0 < Rmin eps (1 / 2)) by (apply Rmin_glb_lt; lra). lra. }
  set (e := Rmin (eps' / 2) (K * eps' / 4)).
  assert (HKe : 0 < K * eps' / 4) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; lra).
  assert (He : 0 < e /\ e <= eps' / 2 /\ e <= K * eps' / 4).
  { unfold e. split; [apply Rmin_glb_lt; lra | split; [apply Rmin_l | apply Rmin_r]]. }
  destruct (sharp_parameters alpha e ((2 + alpha) / (K * eps' / 4)) Ha ltac:(lra))
    as (p & q & h & n & N & Hp & Hq & Hpq & Hh & HN & HhN & HqN & HS).
  exists (fun t _ => sharp_g p q n t), (S (2 * n + N)). cbv zeta.
  set (g := fun (t _ : nat) => sharp_g p q n t). fold K.
  assert (Hnorm : norm_sum 1 g (S (2 * n + N)) = q ^ (2 * n) * q ^ N).
  { unfold norm_sum, g. simpl sum at 1. rewrite Rplus_0_l, <- pow_add.
    apply sharp_norm; lra. }
  rewrite Hnorm.
  set (Q := q ^ (2 * n)) in *. assert (HQ : 1 <= Q) by (apply pow_R1_Rle; assumption).
  assert (HqN1 : 1 <= q ^ N) by (apply pow_R1_Rle; assumption).
  split; [|split].
  - split; [|split; [|split]]; [intros i _ | intros i _ | intros i _ |].
    + unfold points, point; simpl. lra.
    + lra.
    + lra.
    + intros t _. apply linear_subgradient.
  - repeat apply Rmult_lt_0_compat; lra.
  - assert (Hreg := sharp_regret alpha p q h n N Ha ltac:(lra) Hq Hpq Hh HN HhN). fold Q in Hreg.
    apply Rle_trans with (Q * (alpha + 2 / alpha) - 2 - alpha - p * Q).
    + replace (alpha + 2 / alpha) with K by (unfold K; field; lra).
      assert (HS' : 2 + alpha <= Q * (K * eps' / 4)).
      { replace (2 + alpha) with ((2 + alpha) / (K * eps' / 4) * (K * eps' / 4)) by (field; lra).
        apply Rmult_le_compat_r; [lra | assumption]. }
      assert (HpQ : p * Q <= K * eps' / 4 * Q) by (apply Rmult_le_compat_r; lra).
      assert (Hless : (1 - eps) * q ^ N <= 1 - eps' / 2).
      { apply Rle_trans with ((1 - eps') * q ^ N); [apply Rmult_le_compat_r; lra|].
        apply Rmult_le_reg_r with (1 - e); [lra|].
        apply Rle_trans with (1 - eps'); [|nra].
        replace ((1 - eps') * q ^ N * (1 - e)) with ((1 - eps') * (q ^ N * (1 - e))) by ring.
        rewrite <- (Rmult_1_r (1 - eps')) at 2. apply Rmult_le_compat_l; lra. }
      assert (HKQ : 0 <= K * Q) by (apply Rmult_le_pos; lra).
      apply (Rmult_le_compat_l _ _ _ HKQ) in Hless. lra.
    + eapply Rle_trans; [exact Hreg|]. right. unfold regret. apply sum_ext. intros t Ht.
      unfold points, g. change (fun s : nat => sharp_g p q n s) with (sharp_g p q n).
      cbn [sum]. ring.
Qed.

(** N59. With beta1 = 0 AdamNC plays the same points as AdaGrad, for all gradients. *)
Theorem adamnc_without_momentum_is_adagrad l u x1 alpha g t :
  0 < alpha ->
  adamnc_points alpha (fun _ => 0) l u x1 g t = points (adagrad alpha) 0 l u x1 g t.
Proof.
  intros Ha. apply functional_extensionality. intros i.
  unfold adamnc_points, points. induction (t - 1)%nat as [|k IH]; [reflexivity|].
  rewrite adamnc_moves, adagrad_moves, IH by lra. rewrite adamnc_m. f_equal. unfold Rdiv. ring.
Qed.

(** N59. So the bounds of AdamNC, N57 and N48, which are AdaGrad's at beta1 = 0, are sharp too. *)
Theorem adamnc_bound_sharp alpha eps :
  0 < alpha -> 0 < eps ->
  exists (g : nat -> vector) (T : nat),
  let l := fun _ : nat => -1 in
  let u := fun _ : nat => 1 in
  let x := adamnc_points alpha (fun _ => 0) l u (fun _ => -1) g in
  let f := fun t (x : vector) => \sum_(i <= 1) g t i * x i in
  let y := fun _ : nat => 1 in
  let bound := (2 ^ 2 / (2 * alpha) + alpha) * norm_sum 1 g T in
  game 1 l u 2 f x g y T /\ 0 < bound /\ (1 - eps) * bound <= regret f x y T.
Proof.
  intros Ha Heps. destruct (adagrad_bound_sharp alpha eps Ha Heps) as (g & T & H).
  exists g, T. cbv zeta in *.
  rewrite (functional_extensionality _ _ (fun t =>
    adamnc_without_momentum_is_adagrad (fun _ => -1) (fun _ => 1) (fun _ => -1) alpha g t Ha)).
  exact H.
Qed.
