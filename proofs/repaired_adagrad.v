(** Regret theorems that hold, for AdaGrad, AdamNC and online gradient descent: the chapter
    "Theorems that hold". Points of a box are played, x_1 first; g_t is a subgradient of the loss
    f_t at x_t; round t moves every coordinate by the rule and clips it to its side of the box.
    The adaptive rules divide by the norm of all gradients so far, which does not decrease; where
    it is 0 all of them are 0, so is the momentum, and the point does not move: 0/0 := 0. *)
From Coq Require Import Reals Lra Lia Psatz.
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
