(** Regret theorems that hold, for AdaGrad, AdamNC and online gradient descent, and how sharp they
    are. Games, norms and the proof in one coordinate are those of AMSGrad's file: points of a box
    are played, x_1 first; g_t is a subgradient of the loss f_t at x_t; round t moves every
    coordinate by the rule and clips it to its side of the box. AdaGrad and AdamNC divide by the
    norm of all gradients so far, which does not decrease; where it is 0 all of them are 0, so is
    the momentum, and the point does not move: 0/0 := 0. *)
From Coq Require Import Reals Lra Lia Psatz FunctionalExtensionality.
From Adamlab Require Import sums setting rules repaired_amsgrad.
Open Scope R_scope.

(** ** The norm of the gradients so far, in one coordinate *)

Definition norm1 (g : nat -> R) (T : nat) : R := sqrt (\sum_(t <= T) g t ^ 2).

Lemma norm1_squared g T : norm1 g T ^ 2 = \sum_(t <= T) g t ^ 2.
Proof.
  unfold norm1. apply pow2_sqrt. apply sum_nonneg. intros. apply pow2_ge_0.
Qed.

Lemma norm1_nonneg g T : 0 <= norm1 g T.
Proof. apply sqrt_pos. Qed.

Lemma norm1_mono g t : norm1 g t <= norm1 g (S t).
Proof.
  unfold norm1. rewrite sum_S. apply sqrt_le_1_alt.
  assert (0 <= g (S t) ^ 2) by apply pow2_ge_0. lra.
Qed.

Lemma norm1_zero g t s : norm1 g t = 0 -> (1 <= s <= t)%nat -> g s = 0.
Proof.
  intros E Hs. assert (Hsum := norm1_squared g t). rewrite E in Hsum.
  apply (sum_squares_zero g t); [rewrite <- Hsum; ring | assumption].
Qed.

(** sum_t g_t^2/c_t <= 2 alpha ||g_(1:T)||_2 for c_t = ||g_(1:t)||_2/alpha. *)
Lemma sum_of_shares alpha g T :
  0 < alpha -> \sum_(t <= T) g t ^ 2 / (norm1 g t / alpha) <= 2 * alpha * norm1 g T.
Proof.
  intros Ha. induction T as [|T IH]; [simpl; assert (H := norm1_nonneg g 0); nra|].
  rewrite sum_S.
  assert (Hlast : g (S T) ^ 2 / (norm1 g (S T) / alpha)
                  <= 2 * alpha * (norm1 g (S T) - norm1 g T)); [|lra].
  assert (Hm := norm1_mono g T). assert (H0 := norm1_nonneg g T).
  destruct (Req_dec (norm1 g (S T)) 0) as [E|E].
  - rewrite (norm1_zero g (S T) (S T) E), E by lia. unfold Rdiv.
    rewrite pow_i, Rmult_0_l by lia. nra.
  - assert (Hn := norm1_squared g (S T)). rewrite sum_S, <- (norm1_squared g T) in Hn.
    replace (g (S T) ^ 2) with (norm1 g (S T) ^ 2 - norm1 g T ^ 2) by lra.
    set (a := norm1 g (S T)) in *. set (b := norm1 g T) in *. clear IH Hn.
    assert (0 <= alpha * (a - b) ^ 2 * / a).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow2_ge_0]|].
      left. apply Rinv_0_lt_compat. lra. }
    assert (2 * alpha * (a - b) - (a ^ 2 - b ^ 2) / (a / alpha) = alpha * (a - b) ^ 2 * / a)
      by (field; split; lra).
    lra.
Qed.

(** The norm is at most G sqrt T. *)
Lemma norm1_le g G T :
  0 <= G -> (forall t, (1 <= t <= T)%nat -> Rabs (g t) <= G) -> norm1 g T <= G * sqrt (INR T).
Proof.
  intros HG Hg. rewrite <- (sqrt_pow2 G) at 1 by assumption.
  rewrite <- sqrt_mult by (apply pow2_ge_0 || apply pos_INR).
  apply sqrt_le_1_alt. rewrite Rmult_comm, <- sum_const. apply sum_le. intros t Ht.
  rewrite <- (pow2_abs (g t)). apply pow_incr. split; [apply Rabs_pos | auto].
Qed.

(** ** AdamNC and AdaGrad in one coordinate *)

(** The printed rule with alpha_t = alpha / sqrt t and any beta_1,t; its beta_2,t is 1 - 1/t. *)
Definition adamnc_rule alpha (beta1_ : nat -> R) (t : nat) :=
  adamnc (alpha_ alpha t) (beta1_ t) t.

Section Adamnc.
  Variables (l u x1 alpha : R) (beta1_ g : nat -> R).
  Let r t := run (adamnc_rule alpha beta1_) (clip l u) x1 (0, 0) g t.
  Let m t := fst (state (r t)).
  Let v t := snd (state (r t)).
  Let c t := norm1 g t / alpha.

  Lemma adamnc_round t :
    let m' := beta1_ (S t) * m t + (1 - beta1_ (S t)) * g (S t) in
    let v' := (1 - 1 / INR (S t)) * v t + 1 / INR (S t) * (g (S t) * g (S t)) in
    r (S t) = (clip l u (point (r t) - alpha_ alpha (S t) * ratio m' (sqrt v')), sqrt v', (m', v')).
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

  Lemma adamnc_m t : m (S t) = beta1_ (S t) * m t + (1 - beta1_ (S t)) * g (S t).
  Proof. unfold m at 1. rewrite adamnc_round. reflexivity. Qed.

  Lemma root_pos t : 0 < sqrt (INR (S t)).
  Proof. apply sqrt_lt_R0, INR_pos. lia. Qed.

  Lemma adamnc_root_v t : sqrt (v (S t)) = norm1 g (S t) / sqrt (INR (S t)).
  Proof.
    assert (Hr := root_pos t). unfold norm1.
    rewrite <- adamnc_v, sqrt_mult_alt by apply pos_INR. field. lra.
  Qed.

  Hypothesis Ha : 0 < alpha.

  Lemma adamnc_c t : 0 <= c t <= c (S t).
  Proof.
    assert (H : 0 < / alpha) by (apply Rinv_0_lt_compat; assumption). unfold c, Rdiv. split.
    - apply Rmult_le_pos; [apply norm1_nonneg | lra].
    - apply Rmult_le_compat_r; [lra | apply norm1_mono].
  Qed.

  Lemma adamnc_c_zero t : c t = 0 -> norm1 g t = 0.
  Proof. intros E. replace (norm1 g t) with (c t * alpha) by (unfold c; field; lra). nra. Qed.

  Lemma adamnc_g_zero t : c (S t) = 0 -> g (S t) = 0.
  Proof. intros E. apply (norm1_zero g (S t)); [apply adamnc_c_zero, E | lia]. Qed.

  (** Where the norm is 0, so is the momentum. *)
  Lemma adamnc_m_zero t : c t = 0 -> m t = 0.
  Proof.
    exact (momentum_zero m g beta1_ c adamnc_c eq_refl adamnc_m adamnc_g_zero t).
  Qed.

  Lemma adamnc_moves t : point (r (S t)) = clip l u (point (r t) - m (S t) / c (S t)).
  Proof.
    assert (Hroot := adamnc_root_v t). assert (Hr := root_pos t). unfold v in Hroot.
    rewrite adamnc_round in *. unfold state in Hroot; cbn [fst snd] in Hroot.
    unfold point at 1; cbn [fst]. rewrite <- adamnc_m, Hroot. do 2 f_equal.
    assert (Halpha := alpha_pos alpha t Ha). rewrite step_over_metric; [|assumption|].
    - unfold c, alpha_. f_equal. field. lra.
    - intros E. apply adamnc_m_zero. unfold c.
      replace (norm1 g (S t)) with (norm1 g (S t) / sqrt (INR (S t)) * sqrt (INR (S t)))
        by (field; lra). rewrite E. unfold Rdiv. ring.
  Qed.

  (** Where what a round divides by is 0, the point has not moved. *)
  Lemma adamnc_stays t : l <= x1 <= u -> norm1 g t = 0 -> point (r t) = x1.
  Proof.
    intros Hx1. induction t as [|t IH]; intros E; [reflexivity|].
    assert (Et : norm1 g t = 0).
    { assert (H := norm1_mono g t). assert (H0 := norm1_nonneg g t). lra. }
    rewrite adamnc_moves, (IH Et), adamnc_m_zero by (unfold c; rewrite E; unfold Rdiv; ring).
    unfold Rdiv. rewrite Rmult_0_l, Rminus_0_r. apply clip_id. assumption.
  Qed.

  Variables (y D : R) (T : nat).
  Hypothesis Hside : u - l <= D.
  Hypothesis Hx1 : l <= x1 <= u.
  Hypothesis Hy : l <= y <= u.
  Let x t := point (r (t - 1)).

  Lemma adamnc_steps t : x (S (S t)) = clip l u (x (S t) - m (S t) / c (S t)).
  Proof.
    unfold x. replace (S (S t) - 1)%nat with (S t) by lia. replace (S t - 1)%nat with t by lia.
    apply adamnc_moves.
  Qed.

  Lemma adamnc_constant_coordinate beta1 :
    0 <= beta1 < 1 -> (forall t, beta1_ t = beta1) ->
    \sum_(t <= T) g t * (x t - y)
    <= (D ^ 2 / (2 * alpha * (1 - beta1)) + (1 + beta1) * alpha / (1 - beta1)) * norm1 g T.
  Proof.
    intros Hb Hconst.
    assert (Hrange : forall t, 0 <= beta1_ (S t) < 1) by (intros; rewrite Hconst; exact Hb).
    assert (H := regret_constant_momentum l u y D x m c Hy Hx1 Hside adamnc_c adamnc_m_zero
                   adamnc_steps g beta1_ Hrange eq_refl adamnc_m beta1 T (fun t => Hconst (S t))).
    assert (Hm := momenta_le_gradients m c adamnc_c adamnc_m_zero g beta1_ Hrange eq_refl adamnc_m
                    adamnc_g_zero beta1 T (fun t => Hconst (S t))).
    assert (Hshares := Rle_trans _ _ _ Hm (sum_of_shares alpha g T Ha)).
    apply (Rmult_le_compat_l ((1 + beta1) / (2 * (1 - beta1)))) in Hshares;
      [|apply over_nonneg; lra].
    replace ((D ^ 2 / (2 * alpha * (1 - beta1)) + (1 + beta1) * alpha / (1 - beta1)) * norm1 g T)
      with (D ^ 2 / (2 * (1 - beta1)) * c T
            + (1 + beta1) / (2 * (1 - beta1)) * (2 * alpha * norm1 g T)) by (unfold c; field; lra).
    lra.
  Qed.

  (** k = 1 if beta_1,t does not rise, k = 1/(1 - beta1) for any beta_1,t <= beta1. *)
  Lemma adamnc_coordinate beta1 k :
    beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
    k = 1 /\ (forall t, (1 <= t)%nat -> beta1_ (S t) <= beta1_ t) \/ k = 1 / (1 - beta1) ->
    \sum_(t <= T) g t * (x t - y)
    <= (D ^ 2 / (2 * alpha) + k * alpha) * norm1 g T
       + D ^ 2 / (2 * (1 - beta1)) * (\sum_(t <= T) beta1_ t * sqrt (v t) / alpha_ alpha t).
  Proof.
    intros Hb1 Hb Hk.
    assert (Hrange : forall t, 0 <= beta1_ (S t) < 1).
    { intros t. assert (H := Hb (S t) ltac:(lia)). lra. }
    assert (Hle : forall t, beta1_ (S t) <= beta1) by (intros; apply Hb; lia).
    assert (Hshares := sum_of_shares alpha g T Ha). fold c in Hshares.
    replace (\sum_(t <= T) beta1_ t * sqrt (v t) / alpha_ alpha t)
      with (\sum_(t <= T) beta1_ t * c t).
    2: { apply sum_ext. intros [|t] Ht; [lia|]. assert (Hr := root_pos t).
         rewrite adamnc_root_v. unfold c, alpha_. field. lra. }
    replace ((D ^ 2 / (2 * alpha) + k * alpha) * norm1 g T)
      with (D ^ 2 / 2 * c T + k * (2 * alpha * norm1 g T) / 2) by (unfold c; field; lra).
    destruct Hk as [[-> Hfall]| ->].
    - assert (H := regret_falling_momentum l u y D x m c Hy Hx1 Hside adamnc_c adamnc_m_zero
                     adamnc_steps g beta1_ Hrange eq_refl adamnc_m adamnc_g_zero beta1 T
                     Hb1 Hle Hfall).
      change (\sum_(t <= T) g t ^ 2 / (norm1 g t / alpha))
        with (\sum_(t <= T) g t ^ 2 / c t) in Hshares. lra.
    - assert (H := regret_free_momentum l u y D x m c Hy Hx1 Hside adamnc_c adamnc_m_zero
                     adamnc_steps g beta1_ Hrange eq_refl adamnc_m adamnc_g_zero beta1 T Hb1 Hle).
      apply (Rmult_le_compat_l (/ (2 * (1 - beta1)))) in Hshares;
        [|left; apply Rinv_0_lt_compat; lra].
      replace (1 / (1 - beta1) * (2 * alpha * norm1 g T) / 2)
        with (/ (2 * (1 - beta1)) * (2 * alpha * norm1 g T)) by (field; lra).
      unfold c in *. lra.
  Qed.
End Adamnc.

Section Adagrad.
  Variables (l u x1 alpha : R) (g : nat -> R).
  Let r := run (adagrad alpha) (clip l u) x1 0 g.

  Lemma adagrad_state t : state (r t) = \sum_(s <= t) g s ^ 2.
  Proof.
    induction t as [|t IH]; [reflexivity|].
    unfold r in *. rewrite run_S, sum_S, <- IH. unfold state; simpl. ring.
  Qed.

  Lemma adagrad_moves t :
    0 < alpha -> point (r (S t)) = clip l u (point (r t) - g (S t) / (norm1 g (S t) / alpha)).
  Proof.
    intros Ha. assert (Hs := adagrad_state t). unfold r in *. rewrite run_S.
    set (before := run _ _ _ _ _ t) in *. unfold point at 1, adagrad; cbn [fst snd].
    unfold point at 1; cbn [fst]. rewrite Hs. do 2 f_equal.
    replace (\sum_(s <= t) g s ^ 2 + g (S t) * g (S t)) with (\sum_(s <= S t) g s ^ 2)
      by (rewrite sum_S; ring).
    apply step_over_metric; [assumption|]. intros E. apply (norm1_zero g (S t)); [exact E | lia].
  Qed.
End Adagrad.

(** AdaGrad is AdamNC with beta1 = 0: the same points, for all gradients. *)
Theorem adamnc_without_momentum_is_adagrad :
  forall l u x1 g alpha t,
  0 < alpha ->
  points (adamnc_rule alpha (fun _ => 0)) (0, 0) l u x1 g t = points (adagrad alpha) 0 l u x1 g t.
Proof.
  intros l u x1 g alpha t Ha. apply functional_extensionality. intros i.
  unfold points. induction (t - 1)%nat as [|k IH]; [reflexivity|].
  rewrite adamnc_moves, adagrad_moves, IH, adamnc_m by lra. f_equal. unfold Rdiv. ring.
Qed.

(** ** AdaGrad *)

(** N49. Diagonal AdaGrad with a constant alpha > 0 on a box whose sides are at most D_inf:
    R_T <= (D_inf^2/(2 alpha) + alpha) sum_i ||g_(1:T,i)||_2, for every comparator and every T.
    Holds. (Theorem 5 of Duchi et al. 2011, for a box; without epsilon.) *)
Theorem regret_adagrad :
  forall d T l u D_inf f g x1 y alpha,
  let x := points (adagrad alpha) 0 l u x1 g in
  0 < alpha ->
  game d T l u D_inf f x g y ->
  regret f x y T <= (D_inf ^ 2 / (2 * alpha) + alpha) * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha x Ha Hgame.
  assert (H := Hgame). destruct H as (Hx & Hy & Hside & _).
  rewrite <- sum_scale. apply (regret_by_coordinates d T l u D_inf f x g y); [assumption|].
  intros i Hi.
  assert (H := adamnc_constant_coordinate (l i) (u i) (x1 i) alpha (fun _ => 0) (fun t => g t i)
                 Ha (y i) D_inf T (Hside i Hi) (Hx i Hi) (Hy i Hi) 0 ltac:(lra)
                 (fun _ => eq_refl)).
  cbv beta in H. replace (D_inf ^ 2 / (2 * alpha) + alpha)
    with (D_inf ^ 2 / (2 * alpha * (1 - 0)) + (1 + 0) * alpha / (1 - 0)) by (field; lra).
  eapply Rle_trans; [|exact H]. right. apply sum_ext. intros t Ht. unfold x.
  rewrite <- adamnc_without_momentum_is_adagrad by assumption. reflexivity.
Qed.

(** N49. At alpha = D_inf / sqrt 2, for which the bracket is least, R_T <= sqrt 2 D_inf
    sum_i ||g_(1:T,i)||_2. Holds. *)
Theorem regret_adagrad_best_alpha :
  forall D_inf, 0 < D_inf ->
  (forall alpha, 0 < alpha -> sqrt 2 * D_inf <= D_inf ^ 2 / (2 * alpha) + alpha)
  /\ forall d T l u f g x1 y,
     let x := points (adagrad (D_inf / sqrt 2)) 0 l u x1 g in
     game d T l u D_inf f x g y ->
     regret f x y T <= sqrt 2 * D_inf * (\sum_(i <= d) norm g T i).
Proof.
  intros D_inf HD.
  assert (H2 : 0 < sqrt 2) by (apply sqrt_lt_R0; lra).
  assert (Hsq : sqrt 2 ^ 2 = 2) by (apply pow2_sqrt; lra). split.
  - intros alpha Ha. apply difference_nonneg.
    replace (D_inf ^ 2 / (2 * alpha) + alpha - sqrt 2 * D_inf)
      with ((D_inf - sqrt 2 * alpha) ^ 2 / (2 * alpha)).
    + apply over_nonneg; [apply pow2_ge_0 | lra | lra].
    + replace ((D_inf - sqrt 2 * alpha) ^ 2)
        with (D_inf ^ 2 - 2 * (sqrt 2 * D_inf) * alpha + sqrt 2 ^ 2 * alpha ^ 2) by ring.
      rewrite Hsq. field. lra.
  - intros d T l u f g x1 y x Hgame.
    assert (Ha : 0 < D_inf / sqrt 2) by (apply Rdiv_lt_0_compat; assumption).
    replace (sqrt 2 * D_inf) with (D_inf ^ 2 / (2 * (D_inf / sqrt 2)) + D_inf / sqrt 2).
    + exact (regret_adagrad d T l u D_inf f g x1 y _ Ha Hgame).
    + apply Rmult_eq_reg_r with (2 * sqrt 2); [|lra]. field_simplify; [|lra..].
      rewrite Hsq. ring.
Qed.

(** ** Online gradient descent *)

Lemma sgd_step l u x1 y alpha g t :
  let p t := point (run (fun t => sgd (alpha_ alpha t) t) (clip l u) x1 tt g t) in
  0 < alpha -> l <= y <= u ->
  g (S t) * (p t - y)
  <= sqrt (INR (S t)) / alpha / 2 * ((p t - y) ^ 2 - (p (S t) - y) ^ 2)
     + g (S t) ^ 2 * (alpha_ alpha (S t) / 2).
Proof.
  intros p Ha Hy. assert (Hr := root_pos t).
  assert (Hc : 0 < sqrt (INR (S t)) / alpha) by (apply Rdiv_lt_0_compat; assumption).
  assert (Hmove : p (S t) = clip l u (p t - g (S t) / (sqrt (INR (S t)) / alpha))).
  { unfold p. rewrite run_S. set (before := run _ _ _ _ _ t).
    unfold point at 1, sgd; cbn [fst snd]. unfold point at 1; cbn [fst]. f_equal.
    unfold alpha_. field. split; lra. }
  replace (g (S t) ^ 2 * (alpha_ alpha (S t) / 2))
    with (g (S t) ^ 2 / (sqrt (INR (S t)) / alpha) / 2) by (unfold alpha_; field; split; lra).
  apply (projected_step l u); [assumption | lra | lra | exact Hmove].
Qed.

Lemma sum_inverse_roots T : \sum_(t <= T) 1 / sqrt (INR t) <= 2 * sqrt (INR T).
Proof.
  induction T as [|T IH]; [simpl; rewrite sqrt_0; lra|].
  rewrite sum_S. assert (Ha := root_pos T).
  set (a := sqrt (INR (S T))) in *. set (b := sqrt (INR T)) in *.
  assert (Ea : a ^ 2 = INR T + 1) by (unfold a; rewrite pow2_sqrt, S_INR; [ring | apply pos_INR]).
  assert (Eb : b ^ 2 = INR T) by (unfold b; apply pow2_sqrt, pos_INR).
  assert (1 / a <= 2 * (a - b)); [|lra].
  apply Rmult_le_reg_r with a; [assumption|]. replace (1 / a * a) with 1 by (field; lra).
  assert (0 <= (a - b) ^ 2) by apply pow2_ge_0. lra.
Qed.

(** N50. Projected gradient descent with alpha_t = alpha / sqrt t on a box of diagonal at most D,
    with ||g_t||_2 <= G: R_T <= (D^2/(2 alpha) + alpha G^2) sqrt T. Holds. (Zinkevich 2003.) *)
Theorem regret_gradient_descent :
  forall d T l u D G f g x1 y alpha,
  let x := points (fun t => sgd (alpha_ alpha t) t) tt l u x1 g in
  0 < alpha ->
  in_box d l u x1 -> in_box d l u y ->
  \sum_(i <= d) (u i - l i) ^ 2 <= D ^ 2 ->
  (forall t, (1 <= t <= T)%nat -> subgradient d l u (f t) (x t) (g t)) ->
  (forall t, (1 <= t <= T)%nat -> \sum_(i <= d) g t i ^ 2 <= G ^ 2) ->
  regret f x y T <= (D ^ 2 / (2 * alpha) + alpha * G ^ 2) * sqrt (INR T).
Proof.
  intros d T l u D G f g x1 y alpha x Ha Hx1 Hy HD Hsub HG.
  eapply Rle_trans; [apply (regret_le_linear d l u); eassumption|].
  (* A t: the squared Euclidean distance of x_t to y *)
  set (A := fun t => \sum_(i <= d) (x t i - y i) ^ 2).
  assert (HA : forall t, (1 <= t)%nat -> A t <= D ^ 2).
  { intros [|t] Ht; [lia|]. eapply Rle_trans; [|exact HD]. apply sum_le. intros i Hi.
    assert (Hi1 := Hx1 i Hi). assert (Hiy := Hy i Hi).
    assert (Hin : l i <= x (S t) i <= u i).
    { unfold x, points. replace (S t - 1)%nat with t by lia.
      destruct t; [exact Hi1|]. rewrite run_S. unfold point at 1; cbn [fst]. apply clip_in. lra. }
    rewrite <- (pow2_abs (x (S t) i - y i)). apply pow_incr.
    split; [apply Rabs_pos | apply Rabs_le; lra]. }
  set (c := fun t => sqrt (INR t) / alpha).
  assert (Hinv : 0 < / alpha) by (apply Rinv_0_lt_compat; assumption).
  assert (Hc : forall t, 0 <= c t <= c (S t)).
  { intros t. unfold c, Rdiv. split.
    - apply Rmult_le_pos; [apply sqrt_pos | lra].
    - apply Rmult_le_compat_r; [lra|]. apply sqrt_le_1_alt. rewrite S_INR. lra. }
  assert (Hstep : forall t, (1 <= t <= T)%nat ->
    \sum_(i <= d) g t i * (x t i - y i)
    <= c t * (A t - A (S t)) * / 2 + alpha * G ^ 2 / 2 * (1 / sqrt (INR t))).
  { intros [|t] Ht; [lia|]. assert (Hr := root_pos t). assert (Hal := alpha_pos alpha t Ha).
    apply Rle_trans with (c (S t) / 2 * (A (S t) - A (S (S t)))
                          + (\sum_(i <= d) g (S t) i ^ 2) * (alpha_ alpha (S t) / 2)).
    - unfold A. rewrite <- sum_minus, <- sum_scale, <- sum_scale_r, <- sum_plus.
      apply sum_le. intros i Hi. unfold x, points, c.
      replace (S (S t) - 1)%nat with (S t) by lia. replace (S t - 1)%nat with t by lia.
      apply (sgd_step (l i) (u i) (x1 i) (y i) alpha (fun s => g s i)); auto.
    - replace (alpha * G ^ 2 / 2 * (1 / sqrt (INR (S t)))) with (G ^ 2 * (alpha_ alpha (S t) / 2))
        by (unfold alpha_; field; lra).
      assert ((\sum_(i <= d) g (S t) i ^ 2) * (alpha_ alpha (S t) / 2)
              <= G ^ 2 * (alpha_ alpha (S t) / 2)); [|lra].
      apply Rmult_le_compat_r; [lra | auto]. }
  eapply Rle_trans; [apply sum_le, Hstep|].
  rewrite sum_plus, sum_scale_r, sum_scale.
  assert (Htel := telescope c A (D ^ 2) T Hc HA).
  assert (HcT : 0 <= c T * A (S T)).
  { apply Rmult_le_pos; [apply Hc|]. apply sum_nonneg. intros. apply pow2_ge_0. }
  assert (alpha * G ^ 2 / 2 * (\sum_(t <= T) 1 / sqrt (INR t))
          <= alpha * G ^ 2 / 2 * (2 * sqrt (INR T))).
  { apply Rmult_le_compat_l; [|apply sum_inverse_roots].
    assert (0 <= G ^ 2) by apply pow2_ge_0. nra. }
  replace ((D ^ 2 / (2 * alpha) + alpha * G ^ 2) * sqrt (INR T))
    with (D ^ 2 * c T / 2 + alpha * G ^ 2 / 2 * (2 * sqrt (INR T))) by (unfold c; field; lra).
  lra.
Qed.

(** N50. At alpha = D/G, that is alpha_t = D / (G sqrt t): R_T <= 3/2 G D sqrt T. Holds. *)
Theorem regret_gradient_descent_best_alpha :
  forall d T l u D G f g x1 y,
  let x := points (fun t => sgd (D / (G * sqrt (INR t))) t) tt l u x1 g in
  0 < D -> 0 < G ->
  in_box d l u x1 -> in_box d l u y ->
  \sum_(i <= d) (u i - l i) ^ 2 <= D ^ 2 ->
  (forall t, (1 <= t <= T)%nat -> subgradient d l u (f t) (x t) (g t)) ->
  (forall t, (1 <= t <= T)%nat -> \sum_(i <= d) g t i ^ 2 <= G ^ 2) ->
  regret f x y T <= 3 / 2 * G * D * sqrt (INR T).
Proof.
  intros d T l u D G f g x1 y x HD HG Hx1 Hy Hbox Hsub Hg.
  assert (Hrule : (fun t => sgd (D / (G * sqrt (INR t))) t)
                  = (fun t => sgd (alpha_ (D / G) t) t)).
  { apply functional_extensionality. intros t. f_equal. unfold alpha_, Rdiv.
    rewrite Rinv_mult. ring. }
  unfold x in *. rewrite Hrule in *.
  replace (3 / 2 * G * D) with (D ^ 2 / (2 * (D / G)) + D / G * G ^ 2) by (field; lra).
  assert (Ha : 0 < D / G) by (apply Rdiv_lt_0_compat; assumption).
  exact (regret_gradient_descent d T l u D G f g x1 y (D / G) Ha Hx1 Hy Hbox Hsub Hg).
Qed.

(** ** AdamNC *)

(** x_t and v_t of AdamNC, alpha_t = alpha / sqrt t, beta_2,t = 1 - 1/t. *)
Definition adamnc_points alpha beta1_ := points (adamnc_rule alpha beta1_) (0, 0).

Definition adamnc_vs alpha beta1_ (l u x1 : vector) (g : nat -> vector) (t : nat) : vector :=
  fun i => snd (state (run (adamnc_rule alpha beta1_) (clip (l i) (u i)) (x1 i) (0, 0)
                         (fun s => g s i) t)).

Lemma regret_adamnc_changing d T l u D_inf f g x1 y alpha beta1 beta1_ k :
  let x := adamnc_points alpha beta1_ l u x1 g in
  let v := adamnc_vs alpha beta1_ l u x1 g in
  0 < alpha -> beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  k = 1 /\ (forall t, (1 <= t)%nat -> beta1_ (S t) <= beta1_ t) \/ k = 1 / (1 - beta1) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha) + k * alpha) * (\sum_(i <= d) norm g T i)
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v t i) / alpha_ alpha t).
Proof.
  intros x v Ha Hb1 Hb Hk Hgame. assert (H := Hgame). destruct H as (Hx & Hy & Hside & _).
  rewrite (sum_swap (fun t i => beta1_ t * sqrt (v t i) / alpha_ alpha t)).
  rewrite <- !sum_scale, <- sum_plus. apply (regret_by_coordinates d T l u D_inf f x g y).
  - assumption.
  - intros i Hi. apply adamnc_coordinate; auto.
Qed.

(** N57. AdamNC with alpha_t = alpha / sqrt t and beta_1,t <= beta1 < 1 that does not rise with t:
    AdaGrad's bound, and the momentum term. No other condition on the betas. Holds; new. *)
Theorem regret_adamnc_falling_beta1 :
  forall d T l u D_inf f g x1 y alpha beta1 beta1_,
  let x := adamnc_points alpha beta1_ l u x1 g in
  let v := adamnc_vs alpha beta1_ l u x1 g in
  0 < alpha -> beta1 < 1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  (forall t, (1 <= t)%nat -> beta1_ (S t) <= beta1_ t) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha) + alpha) * (\sum_(i <= d) norm g T i)
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v t i) / alpha_ alpha t).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta1_ x v Ha Hb1 Hb Hfall Hgame.
  replace (D_inf ^ 2 / (2 * alpha) + alpha) with (D_inf ^ 2 / (2 * alpha) + 1 * alpha) by ring.
  apply (regret_adamnc_changing d T l u D_inf f g x1 y); auto.
Qed.

(** N57. If beta_1,t may rise too, with alpha / (1 - beta1) for alpha in the bracket. Holds. *)
Theorem regret_adamnc_any_beta1 :
  forall d T l u D_inf f g x1 y alpha beta1 beta1_,
  let x := adamnc_points alpha beta1_ l u x1 g in
  let v := adamnc_vs alpha beta1_ l u x1 g in
  0 < alpha -> beta1 < 1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha) + alpha / (1 - beta1)) * (\sum_(i <= d) norm g T i)
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v t i) / alpha_ alpha t).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta1_ x v Ha Hb1 Hb Hgame.
  replace (alpha / (1 - beta1)) with (1 / (1 - beta1) * alpha) by (unfold Rdiv; ring).
  apply (regret_adamnc_changing d T l u D_inf f g x1 y); auto.
Qed.

Lemma norms_nonneg d g T : 0 <= \sum_(i <= d) norm g T i.
Proof. apply sum_nonneg. intros. apply sqrt_pos. Qed.

(** A larger factor of the norms. *)
Lemma larger_factor d g T K K' : K <= K' ->
  K * (\sum_(i <= d) norm g T i) <= K' * (\sum_(i <= d) norm g T i).
Proof. intros H. apply Rmult_le_compat_r; [apply norms_nonneg | exact H]. Qed.

(** N46. Theorem 5 of Reddi et al. (zeta = alpha) with smaller first and third terms, for any
    0 <= beta_1,t <= beta1 < 1. Holds. *)
Theorem regret_adamnc_theorem_5_sharper :
  forall d T l u D_inf f g x1 y alpha beta1 beta1_,
  let x := adamnc_points alpha beta1_ l u x1 g in
  let v := adamnc_vs alpha beta1_ l u x1 g in
  0 < alpha -> beta1 < 1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 / (2 * alpha) * (\sum_(i <= d) norm g T i)
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v t i) / alpha_ alpha t)
     + alpha * (1 + beta1 / (1 - beta1) ^ 2) * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta1_ x v Ha Hb1 Hb Hgame.
  assert (H := regret_adamnc_any_beta1 d T l u D_inf f g x1 y alpha beta1 beta1_ Ha Hb1 Hb Hgame).
  assert (Hmore : alpha / (1 - beta1) <= alpha * (1 + beta1 / (1 - beta1) ^ 2)).
  { assert (0 <= alpha * (beta1 / (1 - beta1)) ^ 2)
      by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
    replace (alpha * (1 + beta1 / (1 - beta1) ^ 2))
      with (alpha / (1 - beta1) + alpha * (beta1 / (1 - beta1)) ^ 2) by (field; lra). lra. }
  apply (larger_factor d g T) in Hmore. fold x v in H. lra.
Qed.

(** N45. Theorem 5 of Reddi et al. (zeta = alpha) holds for any 0 <= beta_1,t <= beta1 < 1, once
    its first term has the 1/alpha that the text of ICLR 2018 lacks. *)
Theorem regret_adamnc_theorem_5 :
  forall d T l u D_inf f g x1 y alpha beta1 beta1_,
  let x := adamnc_points alpha beta1_ l u x1 g in
  let v := adamnc_vs alpha beta1_ l u x1 g in
  0 < alpha -> beta1 < 1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 / (2 * alpha * (1 - beta1)) * (\sum_(i <= d) norm g T i)
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v t i) / alpha_ alpha t)
     + 2 * alpha / (1 - beta1) ^ 3 * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 beta1_ x v Ha Hb1 Hb Hgame.
  assert (H := regret_adamnc_any_beta1 d T l u D_inf f g x1 y alpha beta1 beta1_ Ha Hb1 Hb Hgame).
  assert (Hb0 : 0 <= beta1) by (specialize (Hb 1%nat ltac:(lia)); lra).
  assert (Hmore : D_inf ^ 2 / (2 * alpha) + alpha / (1 - beta1)
                  <= D_inf ^ 2 / (2 * alpha * (1 - beta1)) + 2 * alpha / (1 - beta1) ^ 3).
  { assert (0 < alpha * (1 - beta1)) by (apply Rmult_lt_0_compat; lra).
    assert (0 <= alpha * beta1) by (apply Rmult_le_pos; lra).
    apply Rplus_le_compat.
    - apply over_larger_le; [apply pow2_ge_0 | lra | lra].
    - replace (alpha / (1 - beta1))
        with (alpha * (1 - beta1) ^ 2 / (1 - beta1) ^ 3) by (field; lra).
      apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, pow_lt; lra|].
      assert ((1 - beta1) ^ 2 <= 1); nra. }
  apply (larger_factor d g T) in Hmore. fold x v in H. lra.
Qed.

(** N45. With beta_2,t = 1 - 1/t, v_t is the mean of the squares, (1/t) sum_(j <= t) g_j^2, for all
    gradients and all beta_1,t. Holds. *)
Theorem adamnc_second_moment :
  forall l u g x1 alpha beta1_ t i,
  (1 <= t)%nat ->
  adamnc_vs alpha beta1_ l u x1 g t i = 1 / INR t * (\sum_(j <= t) g j i ^ 2).
Proof.
  intros l u g x1 alpha beta1_ t i Ht. assert (Hpos := INR_pos t Ht).
  rewrite <- (adamnc_v (l i) (u i) (x1 i) alpha beta1_ (fun s => g s i)).
  unfold adamnc_vs. field. lra.
Qed.

(** N45. The conditions of Theorem 5 on beta_2,t hold with zeta = alpha: the first with equality,
    v_t,i^(1/2)/alpha_t = ||g_(1:t,i)||_2/zeta; and v_t,i^(1/2)/alpha_t does not decrease. *)
Theorem adamnc_meets_conditions :
  forall l u g x1 alpha beta1_ t i,
  let v := adamnc_vs alpha beta1_ l u x1 g in
  0 < alpha -> (1 <= t)%nat ->
  sqrt (v t i) / alpha_ alpha t = norm g t i / alpha
  /\ sqrt (v t i) / alpha_ alpha t <= sqrt (v (S t) i) / alpha_ alpha (S t).
Proof.
  intros l u g x1 alpha beta1_ t i v Ha Ht.
  assert (Hv : forall t, sqrt (v (S t) i) / alpha_ alpha (S t) = norm g (S t) i / alpha).
  { intros s. assert (Hr := root_pos s). unfold v, adamnc_vs, alpha_.
    rewrite adamnc_root_v. unfold norm, norm1. field. lra. }
  destruct t as [|t]; [lia|]. rewrite !Hv. split; [reflexivity|].
  apply (adamnc_c alpha (fun s => g s i) Ha (S t)).
Qed.

(** N45. "0/0 := 0" is all that is needed: where a coordinate has v_t = 0, so that the rule divides
    by 0, all its gradients were 0, its momentum is 0, and it has not moved. Holds. *)
Theorem adamnc_zero_denominator :
  forall l u g x1 alpha beta1_ t i,
  let m := fst (state (run (adamnc_rule alpha beta1_) (clip (l i) (u i)) (x1 i) (0, 0)
                         (fun s => g s i) t)) in
  0 < alpha -> l i <= x1 i <= u i -> (1 <= t)%nat ->
  adamnc_vs alpha beta1_ l u x1 g t i = 0 ->
  (forall s, (1 <= s <= t)%nat -> g s i = 0) /\ m = 0
  /\ adamnc_points alpha beta1_ l u x1 g (S t) i = x1 i.
Proof.
  intros l u g x1 alpha beta1_ t i m Ha Hx1 Ht Hv.
  assert (Hsum : INR t * adamnc_vs alpha beta1_ l u x1 g t i = \sum_(s <= t) g s i ^ 2).
  { apply (adamnc_v (l i) (u i) (x1 i) alpha beta1_ (fun s => g s i)). }
  rewrite Hv, Rmult_0_r in Hsum.
  assert (E : norm1 (fun s => g s i) t = 0) by (unfold norm1; rewrite <- Hsum; apply sqrt_0).
  repeat split.
  - intros s Hs. apply (norm1_zero (fun s => g s i) t s E Hs).
  - apply adamnc_m_zero; [assumption|]. rewrite E. unfold Rdiv. ring.
  - unfold adamnc_points, points. replace (S t - 1)%nat with t by lia.
    apply adamnc_stays; assumption.
Qed.

(** N48. A constant beta1: no decay of it is needed, and (1 + beta1) alpha may stand for the
    2 alpha of N47. Holds. *)
Theorem regret_adamnc_constant_beta1_sharper :
  forall d T l u D_inf f g x1 y alpha beta1,
  let x := adamnc_points alpha (fun _ => beta1) l u x1 g in
  0 < alpha -> 0 <= beta1 < 1 ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha * (1 - beta1)) + (1 + beta1) * alpha / (1 - beta1))
     * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 x Ha Hb Hgame.
  assert (H := Hgame). destruct H as (Hx & Hy & Hside & _).
  rewrite <- sum_scale. apply (regret_by_coordinates d T l u D_inf f x g y); [assumption|].
  intros i Hi. apply adamnc_constant_coordinate; auto.
Qed.

(** N47. A constant beta1: R_T <= (D_inf^2/(2 alpha) + 2 alpha)/(1 - beta1) sum_i ||g_(1:T,i)||_2.
    Holds. *)
Theorem regret_adamnc_constant_beta1 :
  forall d T l u D_inf f g x1 y alpha beta1,
  let x := adamnc_points alpha (fun _ => beta1) l u x1 g in
  0 < alpha -> 0 <= beta1 < 1 ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha * (1 - beta1)) + 2 * alpha / (1 - beta1))
     * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf f g x1 y alpha beta1 x Ha Hb Hgame. eapply Rle_trans.
  - exact (regret_adamnc_constant_beta1_sharper d T l u D_inf f g x1 y alpha beta1 Ha Hb Hgame).
  - apply larger_factor, Rplus_le_compat_l, Rmult_le_compat_r; [|nra].
    left. apply Rinv_0_lt_compat. lra.
Qed.

(** N47. "Which is O(sqrt T) for bounded gradients", so that the average regret vanishes. *)
Theorem adamnc_constant_beta1_no_regret :
  forall d T l u D_inf G_inf f g x1 y alpha beta1,
  let x := adamnc_points alpha (fun _ => beta1) l u x1 g in
  0 < alpha -> 0 <= beta1 < 1 -> 0 <= G_inf ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= (D_inf ^ 2 / (2 * alpha * (1 - beta1)) + 2 * alpha / (1 - beta1))
     * (INR d * G_inf) * sqrt (INR T).
Proof.
  intros d T l u D_inf G_inf f g x1 y alpha beta1 x Ha Hb HG Hg Hgame. eapply Rle_trans.
  - exact (regret_adamnc_constant_beta1 d T l u D_inf f g x1 y alpha beta1 Ha Hb Hgame).
  - rewrite !Rmult_assoc. apply Rmult_le_compat_l.
    + assert (H := pow2_ge_0 D_inf). apply Rplus_le_le_0_compat; apply over_nonneg; nra.
    + rewrite <- sum_const. apply sum_le. intros i Hi.
      apply (norm1_le (fun t => g t i)); auto.
Qed.

(** *** Corollary 2 *)

(** The printed rule with beta_1,t = beta1 lam^(t-1), as Reddi et al.'s Corollary 2 has it. *)
Definition adamnc_decayed_rule alpha beta1 lam (t : nat) :=
  adamnc_decayed_beta1 (alpha_ alpha t) beta1 lam t.

(** The momentum term, for beta_1,t = beta1 lam^(t-1) and |g_t,i| <= G_inf. *)
Lemma adamnc_decayed_term d T l u G_inf g x1 alpha beta1 lam :
  let beta1_ := fun t => beta1 * lam ^ (t - 1) in
  let v := adamnc_vs alpha beta1_ l u x1 g in
  0 < alpha -> 0 <= beta1 < 1 -> 0 < lam < 1 -> 0 <= G_inf ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  \sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v t i) / alpha_ alpha t
  <= INR d * (beta1 * G_inf / (alpha * (1 - lam) ^ 2)).
Proof.
  intros beta1_ v Ha Hb Hl HG Hg.
  assert (Hbg : 0 <= beta1 * G_inf / alpha).
  { apply over_nonneg; [apply Rmult_le_pos|..]; lra. }
  apply Rle_trans
    with (\sum_(t <= T) (INR d * (beta1 * G_inf / alpha)) * (INR t * lam ^ (t - 1))).
  - apply sum_le. intros [|t] Ht; [lia|]. rewrite Rmult_assoc, <- sum_const.
    apply sum_le. intros i Hi. unfold v, adamnc_vs, alpha_. rewrite adamnc_root_v.
    set (s := sqrt (INR (S t))). set (n := norm1 _ _).
    assert (Hs : 1 <= s).
    { unfold s. rewrite <- sqrt_1. apply sqrt_le_1_alt. rewrite S_INR.
      assert (H := pos_INR t). lra. }
    assert (Hs2 : s ^ 2 = INR (S t)) by (apply pow2_sqrt, pos_INR).
    assert (Hn : n <= G_inf * s).
    { apply norm1_le; [assumption|]. intros j Hj. apply Hg; [lia | assumption]. }
    replace (beta1_ (S t) * (n / s) / (alpha / s))
      with (beta1 * lam ^ (S t - 1) / alpha * n) by (unfold beta1_; field; split; lra).
    replace (beta1 * G_inf / alpha * (INR (S t) * lam ^ (S t - 1)))
      with (beta1 * lam ^ (S t - 1) / alpha * (G_inf * INR (S t))) by (field; lra).
    assert (0 <= G_inf * s * (s - 1)) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra).
    apply Rmult_le_compat_l; [|rewrite <- Hs2; lra].
    apply over_nonneg; [apply Rmult_le_pos; [lra | apply pow_le; lra] | lra | lra].
  - rewrite sum_scale.
    replace (INR d * (beta1 * G_inf / (alpha * (1 - lam) ^ 2)))
      with (INR d * (beta1 * G_inf / alpha) * (1 / (1 - lam) ^ 2)) by (field; lra).
    apply Rmult_le_compat_l; [|apply decay_sum; lra].
    apply Rmult_le_pos; [apply pos_INR | assumption].
Qed.

(** N58. Corollary 2 of Reddi et al., beta_1,t = beta1 lam^(t-1) and |g_t,i| <= G_inf, holds once
    its first term has 1/alpha and its second d/alpha. *)
Theorem regret_adamnc_corollary_2 :
  forall d T l u D_inf G_inf f g x1 y alpha beta1 lam,
  let x := points (adamnc_decayed_rule alpha beta1 lam) (0, 0) l u x1 g in
  0 < alpha -> 0 <= beta1 < 1 -> 0 < lam < 1 -> 0 <= G_inf ->
  (forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 / (2 * alpha * (1 - beta1)) * (\sum_(i <= d) norm g T i)
     + INR d * beta1 * D_inf ^ 2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2)
     + 2 * alpha / (1 - beta1) ^ 3 * (\sum_(i <= d) norm g T i).
Proof.
  intros d T l u D_inf G_inf f g x1 y alpha beta1 lam x Ha Hb Hl HG Hg Hgame.
  set (beta1_ := fun t : nat => beta1 * lam ^ (t - 1)).
  assert (Hbt : forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1).
  { intros t _. unfold beta1_. assert (0 <= lam ^ (t - 1)) by (apply pow_le; lra).
    assert (lam ^ (t - 1) <= 1) by (apply pow_le_1; lra). nra. }
  (* the printed rule is that of Theorem 5 with this beta_1,t *)
  change x with (adamnc_points alpha beta1_ l u x1 g) in *.
  assert (H := regret_adamnc_theorem_5 d T l u D_inf f g x1 y alpha beta1 beta1_
                 Ha (proj2 Hb) Hbt Hgame). cbv zeta in H.
  assert (Hterm := adamnc_decayed_term d T l u G_inf g x1 alpha beta1 lam Ha Hb Hl HG Hg).
  cbv zeta in Hterm. fold beta1_ in Hterm.
  apply (Rmult_le_compat_l (D_inf ^ 2 / (2 * (1 - beta1)))) in Hterm.
  - replace (INR d * beta1 * D_inf ^ 2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2))
      with (D_inf ^ 2 / (2 * (1 - beta1)) * (INR d * (beta1 * G_inf / (alpha * (1 - lam) ^ 2))))
      by (field; lra).
    lra.
  - assert (Hd := pow2_ge_0 D_inf). apply over_nonneg; lra.
Qed.

(** *** As printed at ICLR 2018 *)

(** Theorem 5 of Reddi et al., without 1/alpha in its first term. It is stated here for linear
    losses f_t(x) = <g_t, x> on a box only, and for beta_2,t = 1 - 1/t, which meets its two
    conditions with zeta = alpha, see above: this makes it weaker. *)
Definition Theorem_5_as_printed : Prop :=
  forall d T l u D_inf G_inf g x1 y alpha beta1 beta1_,
  let f := fun t (x : vector) => \sum_(i <= d) g t i * x i in
  let x := adamnc_points alpha beta1_ l u x1 g in
  let v := adamnc_vs alpha beta1_ l u x1 g in
  0 < alpha -> beta1 < 1 -> beta1_ 1%nat = beta1 ->
  (forall t, (1 <= t)%nat -> 0 <= beta1_ t <= beta1) ->
  (forall t i, (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 / (2 * (1 - beta1)) * (\sum_(i <= d) norm g T i)
     + D_inf ^ 2 / (2 * (1 - beta1))
       * (\sum_(t <= T) \sum_(i <= d) beta1_ t * sqrt (v t i) / alpha_ alpha t)
     + 2 * alpha / (1 - beta1) ^ 3 * (\sum_(i <= d) norm g T i).

(** Corollary 2, without 1/alpha and without d/alpha, for linear losses. The display does not name
    what it bounds; we read: the regret. *)
Definition Corollary_2_as_printed : Prop :=
  forall d T l u D_inf G_inf g x1 y alpha beta1 lam,
  let f := fun t (x : vector) => \sum_(i <= d) g t i * x i in
  let x := points (adamnc_decayed_rule alpha beta1 lam) (0, 0) l u x1 g in
  0 < alpha -> 0 <= beta1 < 1 -> 0 < lam < 1 ->
  (forall t i, (1 <= i <= d)%nat -> Rabs (g t i) <= G_inf) ->
  game d T l u D_inf f x g y ->
  regret f x y T
  <= D_inf ^ 2 / (2 * (1 - beta1)) * (\sum_(i <= d) norm g T i)
     + beta1 * D_inf ^ 2 * G_inf / (2 * (1 - beta1) * (1 - lam) ^ 2)
     + 2 * alpha / (1 - beta1) ^ 3 * (\sum_(i <= d) norm g T i).

(** N53. Theorem 5 as the text of ICLR 2018 prints it, refuted: in one round of f(x) = x on
    [0, 1] from 1, with beta1 = 0 and alpha = 1/100, the regret is 1, its right-hand side 13/25. *)
Theorem theorem_5_as_printed_refuted : ~ Theorem_5_as_printed.
Proof.
  intros H.
  destruct (one_round (adamnc_rule (1 / 100) (fun _ => 0)) (0, 0) 1 ltac:(lra))
    as (Hgame & Hr & Hn).
  assert (H' := H 1%nat 1%nat _ _ 1 1 (fun _ _ => 1) _ _ (1 / 100) 0 (fun _ => 0) ltac:(lra)
                  ltac:(lra) eq_refl ltac:(intros; lra)
                  ltac:(intros; cbv beta; rewrite Rabs_R1; lra) Hgame).
  cbv beta zeta in *. unfold adamnc_points in H'. rewrite Hr, Hn in H'. clear - H'.
  simpl in H'. lra.
Qed.

(** N54. Corollary 2 as the text of ICLR 2018 prints it, refuted: by the same round. *)
Theorem corollary_2_as_printed_refuted : ~ Corollary_2_as_printed.
Proof.
  intros H.
  destruct (one_round (adamnc_decayed_rule (1 / 100) 0 (1 / 2)) (0, 0) 1 ltac:(lra))
    as (Hgame & Hr & Hn).
  assert (H' := H 1%nat 1%nat _ _ 1 1 (fun _ _ => 1) _ _ (1 / 100) 0 (1 / 2) ltac:(lra) ltac:(lra)
                  ltac:(lra) ltac:(intros; cbv beta; rewrite Rabs_R1; lra) Hgame).
  cbv beta zeta in *. rewrite Hr, Hn in H'. clear - H'. simpl in H'. lra.
Qed.

(** ** AdaGrad's bound is sharp *)

Lemma squares_fall a b c : 0 <= a -> 0 <= b -> 0 <= c -> a - c <= b -> a ^ 2 - b ^ 2 <= 2 * (c * a).
Proof. intros. destruct (Rle_dec a c); nra. Qed.

Section Pairs.
  (** After a gradient 1, n pairs of -a and a with a^2 = r s, s the sum of the squares before the
      pair, so that the norm grows by the factor w = sqrt(1 + 2r) in each; then pushes by -delta S,
      S = w^n. *)
  Variables (alpha r delta : R) (n : nat).
  Hypothesis Ha : 0 < alpha.
  Hypothesis Hr : 0 < r.
  Hypothesis Hdelta : 0 < delta.
  Let w := sqrt (1 + 2 * r).
  Let k1 := sqrt (1 + r).
  Let e := alpha / 2 * INR n * (r * sqrt r).
  Hypothesis He : e + alpha * sqrt r <= 2.

  Definition pairs_g (t : nat) : R :=
    match t with
    | O => 0
    | S O => 1
    | S (S k) =>
        if (k <? 2 * n)%nat then (if Nat.odd k then 1 else -1) * (sqrt r * w ^ Nat.div2 k)
        else - (delta * w ^ n)
    end.

  Let x k := point (run (adagrad alpha) (clip (-1) 1) (-1) 0 pairs_g k).

  Lemma pairs_roots :
    w ^ 2 = 1 + 2 * r /\ k1 ^ 2 = 1 + r /\ sqrt r ^ 2 = r /\ 1 <= k1 <= w /\ 0 < sqrt r.
  Proof.
    unfold w, k1. rewrite !pow2_sqrt by lra. repeat split; try lra.
    - rewrite <- sqrt_1 at 1. apply sqrt_le_1_alt. lra.
    - apply sqrt_le_1_alt. lra.
    - apply sqrt_lt_R0. lra.
  Qed.

  Lemma pairs_down k : (k < n)%nat -> pairs_g (S (S (2 * k))) = - (sqrt r * w ^ k).
  Proof.
    intros Hk. unfold pairs_g. replace (2 * k <? 2 * n)%nat with true
      by (symmetry; apply Nat.ltb_lt; lia).
    rewrite Nat.odd_mul, Nat.div2_double. simpl. ring.
  Qed.

  Lemma pairs_up k : (k < n)%nat -> pairs_g (S (S (S (2 * k)))) = sqrt r * w ^ k.
  Proof.
    intros Hk. unfold pairs_g. replace (S (2 * k) <? 2 * n)%nat with true
      by (symmetry; apply Nat.ltb_lt; lia).
    rewrite Nat.div2_succ_double. replace (S (2 * k)) with (1 + 2 * k)%nat by lia.
    rewrite Nat.odd_add_mul_2. simpl. ring.
  Qed.

  Lemma pairs_push i : pairs_g (S (S (2 * n + i))) = - (delta * w ^ n).
  Proof.
    unfold pairs_g. replace (2 * n + i <? 2 * n)%nat with false; [reflexivity|].
    symmetry. apply Nat.ltb_ge. lia.
  Qed.

  Lemma pairs_first : x 1%nat = -1.
  Proof.
    unfold x. rewrite adagrad_moves by lra. unfold norm1. simpl. unfold point; simpl.
    replace (0 + 1 * (1 * 1)) with 1 by ring. rewrite sqrt_1. unfold clip.
    replace (-1 - 1 / (1 / alpha)) with (-1 - alpha) by (field; lra).
    rewrite Rmin_right, Rmax_left; lra.
  Qed.

  (** The sum of the squares, before a pair and within it. *)
  Lemma pairs_squares k :
    (k <= n)%nat -> \sum_(t <= S (2 * k)) pairs_g t ^ 2 = (w ^ k) ^ 2.
  Proof.
    destruct pairs_roots as (Hw & _ & Hsr & _). induction k as [|k IH]; intros Hk; [simpl; ring|].
    replace (2 * S k)%nat with (S (S (2 * k))) by lia.
    rewrite sum_S, (sum_S _ (S (2 * k))), IH, pairs_down, pairs_up by lia.
    rewrite <- (tech_pow_Rmult w k), (Rpow_mult_distr w), Hw.
    replace ((- (sqrt r * w ^ k)) ^ 2) with (sqrt r ^ 2 * (w ^ k) ^ 2) by ring.
    rewrite (Rpow_mult_distr (sqrt r)), Hsr. ring.
  Qed.

  Lemma pairs_norm k : (k <= n)%nat -> norm1 pairs_g (S (2 * k)) = w ^ k.
  Proof.
    intros Hk. destruct pairs_roots as (_ & _ & _ & H1 & _). unfold norm1.
    rewrite pairs_squares by assumption. apply sqrt_pow2, pow_le. lra.
  Qed.

  Lemma pairs_norm_within k : (k < n)%nat -> norm1 pairs_g (S (S (2 * k))) = k1 * w ^ k.
  Proof.
    intros Hk. destruct pairs_roots as (_ & Hk1 & Hsr & H1 & _). unfold norm1.
    rewrite sum_S, pairs_squares, pairs_down by lia.
    replace ((w ^ k) ^ 2 + (- (sqrt r * w ^ k)) ^ 2) with ((k1 * w ^ k) ^ 2).
    - apply sqrt_pow2, Rmult_le_pos; [|apply pow_le]; lra.
    - rewrite Rpow_mult_distr, Hk1.
      replace ((- (sqrt r * w ^ k)) ^ 2) with (sqrt r ^ 2 * (w ^ k) ^ 2) by ring.
      rewrite Hsr. ring.
  Qed.

  Lemma pairs_norm_pushed i :
    norm1 pairs_g (S (2 * n + i)) = w ^ n * sqrt (1 + INR i * delta ^ 2).
  Proof.
    destruct pairs_roots as (_ & _ & _ & H1 & _). assert (HS : 0 <= w ^ n) by (apply pow_le; lra).
    assert (Hsum : \sum_(t <= S (2 * n + i)) pairs_g t ^ 2
                   = (w ^ n) ^ 2 * (1 + INR i * delta ^ 2)).
    { induction i as [|i IH]; [rewrite Nat.add_0_r, pairs_squares by lia; simpl; ring|].
      replace (2 * n + S i)%nat with (S (2 * n + i)) by lia.
      rewrite sum_S, IH, pairs_push, S_INR. ring. }
    unfold norm1. rewrite Hsum, sqrt_mult_alt by apply pow2_ge_0.
    rewrite sqrt_pow2 by assumption. reflexivity.
  Qed.

  (** A pair moves up by at most alpha/2 r^(3/2). *)
  Lemma pair_drift : 0 <= alpha * sqrt r / k1 - alpha * sqrt r / w <= alpha / 2 * (r * sqrt r).
  Proof.
    destruct pairs_roots as (Hw & Hk1 & Hsr & H1 & Hs).
    assert (Hinv : 0 <= / k1 - / w <= r / 2).
    { replace (/ k1 - / w) with (r / (k1 * w * (k1 + w))).
      2: { replace r with ((w - k1) * (w + k1)) by (ring_simplify; rewrite Hw, Hk1; ring).
           field. repeat split; lra. }
      assert (H2 : 2 <= k1 * w * (k1 + w)) by nra.
      split; [apply over_nonneg; lra | apply over_larger_le; lra]. }
    replace (alpha * sqrt r / k1 - alpha * sqrt r / w) with (alpha * sqrt r * (/ k1 - / w))
      by (unfold Rdiv; ring).
    replace (alpha / 2 * (r * sqrt r)) with (alpha * sqrt r * (r / 2)) by field.
    assert (0 <= alpha * sqrt r) by (apply Rmult_le_pos; lra).
    split; [apply Rmult_le_pos | apply Rmult_le_compat_l]; lra.
  Qed.

  Lemma pairs_played k :
    (k <= n)%nat ->
    x (S (2 * k)) = -1 + INR k * (alpha * sqrt r / k1 - alpha * sqrt r / w) /\
    alpha * (w ^ k - 1) / k1 - 2 <= \sum_(t <= S (2 * k)) pairs_g t * (x (t - 1)%nat - 1).
  Proof.
    destruct pairs_roots as (Hw & Hk1 & Hsr & H1 & Hs). assert (Hd := pair_drift).
    set (d := alpha * sqrt r / k1 - alpha * sqrt r / w) in *.
    induction k as [|k IH]; intros Hk.
    - split; [change (S (2 * 0)) with 1%nat; rewrite pairs_first; simpl; ring|].
      simpl. unfold x, point; simpl. unfold Rdiv. lra.
    - destruct (IH ltac:(lia)) as [Hx Hsum]. clear IH.
      assert (HW : 1 <= w ^ k) by (apply pow_R1_Rle; lra).
      assert (Hk0 := pos_INR k). assert (Hkn : INR k <= INR n) by (apply le_INR; lia).
      assert (Hdrift : INR k * d <= e).
      { unfold e. apply Rle_trans with (INR n * (alpha / 2 * (r * sqrt r))); [|lra].
        apply Rmult_le_compat; lra. }
      assert (Hdrift' : INR (S k) * d <= e).
      { unfold e. apply Rle_trans with (INR n * (alpha / 2 * (r * sqrt r))); [|lra].
        apply Rmult_le_compat; [apply pos_INR | lra | apply le_INR; lia | lra]. }
      assert (0 <= INR k * d) by (apply Rmult_le_pos; lra).
      assert (0 <= INR (S k) * d) by (apply Rmult_le_pos; [apply pos_INR | lra]).
      assert (Hstep : 0 <= alpha * sqrt r / k1 <= alpha * sqrt r).
      { assert (0 <= alpha * sqrt r) by (apply Rmult_le_pos; lra).
        split; [apply over_nonneg; lra|]. apply Rle_trans with (alpha * sqrt r / 1); [|lra].
        apply over_larger_le; lra. }
      assert (Hup : x (S (S (2 * k))) = -1 + INR k * d + alpha * sqrt r / k1).
      { unfold x. rewrite adagrad_moves, pairs_norm_within, pairs_down by (lra || lia).
        fold (x (S (2 * k))). rewrite Hx.
        replace (-1 + INR k * d - - (sqrt r * w ^ k) / (k1 * w ^ k / alpha))
          with (-1 + INR k * d + alpha * sqrt r / k1) by (field; repeat split; lra).
        apply clip_id. lra. }
      replace (2 * S k)%nat with (S (S (2 * k))) by lia. split.
      + unfold x. rewrite adagrad_moves by lra.
        replace (S (S (S (2 * k)))) with (S (2 * S k)) at 2 by lia.
        rewrite pairs_norm, pairs_up by lia. fold (x (S (S (2 * k)))). rewrite Hup.
        rewrite S_INR in *.
        replace (-1 + INR k * d + alpha * sqrt r / k1 - sqrt r * w ^ k / (w ^ S k / alpha))
          with (-1 + (INR k + 1) * d) by (unfold d; simpl; field; repeat split; lra).
        apply clip_id. lra.
      + rewrite sum_S, (sum_S _ (S (2 * k))).
        replace (S (S (S (2 * k))) - 1)%nat with (S (S (2 * k))) by lia.
        replace (S (S (2 * k)) - 1)%nat with (S (2 * k)) by lia.
        rewrite Hx, Hup, pairs_down, pairs_up by lia.
        (* the pair costs alpha r w^k/k1, and w^(k+1) - w^k <= r w^k *)
        assert (Hgrow : w ^ S k - w ^ k <= r * w ^ k).
        { simpl. replace (w * w ^ k - w ^ k) with ((w - 1) * w ^ k) by ring.
          assert (Hsq := pow2_ge_0 (w - 1)). apply Rmult_le_compat_r; lra. }
        apply (Rmult_le_compat_l (alpha / k1)) in Hgrow; [|apply over_nonneg; lra].
        set (X := -1 + INR k * d) in *.
        replace (- (sqrt r * w ^ k) * (X - 1) ) with (sqrt r * w ^ k * (1 - X)) by ring.
        replace (sqrt r * w ^ k * (X + alpha * sqrt r / k1 - 1))
          with (alpha / k1 * (sqrt r ^ 2 * w ^ k) - sqrt r * w ^ k * (1 - X)) by (field; lra).
        rewrite Hsr.
        replace (alpha * (w ^ S k - 1) / k1)
          with (alpha * (w ^ k - 1) / k1 + alpha / k1 * (w ^ S k - w ^ k)) by (field; lra).
        lra.
  Qed.

  (** The distance to 1 before push i is at least z i; each push costs delta S times it. *)
  Let z i := Rmax 0 (2 - e - alpha * delta * INR i).

  Lemma pushes_played i :
    x (S (2 * n + i)) <= 1 - z i /\
    alpha * (w ^ n - 1) / k1 - 2 + w ^ n * ((2 - e) ^ 2 - z i ^ 2) / (2 * alpha)
    <= \sum_(t <= S (2 * n + i)) pairs_g t * (x (t - 1)%nat - 1).
  Proof.
    destruct pairs_roots as (_ & _ & _ & H1 & Hs). assert (Hd := pair_drift).
    assert (HS : 1 <= w ^ n) by (apply pow_R1_Rle; lra).
    assert (Hin : forall t, x t <= 1).
    { intros t. destruct t; unfold x; [unfold point; simpl; lra|].
      rewrite run_S. unfold point at 1; cbn [fst]. apply clip_in. lra. }
    assert (Hz : forall j, 0 <= z j) by (intros; apply Rmax_l).
    assert (Had : 0 < alpha * delta) by (apply Rmult_lt_0_compat; assumption).
    induction i as [|i [Hx Hsum]].
    - rewrite Nat.add_0_r. destruct (pairs_played n (le_n n)) as [Hx Hsum].
      set (d := alpha * sqrt r / k1 - alpha * sqrt r / w) in *.
      assert (Hz0 : z 0%nat = 2 - e).
      { unfold z. simpl. rewrite Rmax_right; [ring|].
        assert (0 <= alpha * sqrt r) by (apply Rmult_le_pos; lra). lra. }
      rewrite Hz0, Hx. split.
      + assert (INR n * d <= INR n * (alpha / 2 * (r * sqrt r)));
          [apply Rmult_le_compat_l; [apply pos_INR | lra] | unfold e; lra].
      + replace (w ^ n * ((2 - e) ^ 2 - (2 - e) ^ 2) / (2 * alpha)) with 0 by (field; lra). lra.
    - assert (Hzz : z i - alpha * delta <= z (S i)).
      { unfold z. rewrite S_INR. unfold Rmax. repeat destruct Rle_dec; lra. }
      replace (2 * n + S i)%nat with (S (2 * n + i)) by lia. split.
      + unfold x. rewrite adagrad_moves by lra.
        replace (S (2 * n + i)) with (2 * n + S i)%nat at 3 by lia.
        rewrite pairs_norm_pushed, pairs_push. fold (x (S (2 * n + i))).
        set (ro := sqrt (1 + INR (S i) * delta ^ 2)).
        assert (Hro : 1 <= ro).
        { unfold ro. rewrite <- sqrt_1 at 1. apply sqrt_le_1_alt.
          assert (0 <= INR (S i) * delta ^ 2)
            by (apply Rmult_le_pos; [apply pos_INR | apply pow2_ge_0]). lra. }
        replace (- (delta * w ^ n) / (w ^ n * ro / alpha)) with (- (alpha * delta / ro))
          by (field; repeat split; lra).
        assert (Hmove : alpha * delta / ro <= alpha * delta).
        { apply Rle_trans with (alpha * delta / 1); [|lra]. apply over_larger_le; lra. }
        assert (Hz' : z (S i) = 0 \/ z (S i) = z i - alpha * delta).
        { unfold z. rewrite S_INR. unfold Rmax.
          repeat destruct Rle_dec; (left; lra) || (right; lra). }
        destruct Hz' as [E|E]; rewrite E.
        * assert (H := clip_in (-1) 1 (x (S (2 * n + i)) - - (alpha * delta / ro)) ltac:(lra)). lra.
        * assert (Hclip : forall a b, a <= b -> -1 <= b -> clip (-1) 1 a <= b).
          { intros a b Hab Hb. unfold clip, Rmin. destruct Rle_dec; unfold Rmax;
              destruct Rle_dec; lra. }
          specialize (Hz (S i)). apply Hclip; [lra|].
          assert (z i <= 2 - e \/ z i = 0).
          { unfold z, Rmax. assert (0 <= alpha * delta * INR i)
              by (apply Rmult_le_pos; [lra | apply pos_INR]).
            destruct Rle_dec; [left | right]; lra. }
          assert (0 <= e).
          { unfold e. apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pos_INR]|].
            apply Rmult_le_pos; lra. }
          lra.
      + rewrite sum_S. replace (S (S (2 * n + i)) - 1)%nat with (S (2 * n + i)) by lia.
        rewrite pairs_push.
        assert (Hcost : delta * w ^ n * z i <= delta * w ^ n * (1 - x (S (2 * n + i)))).
        { apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | lra]. }
        (* the area under the distance *)
        assert (Harea : z i ^ 2 - z (S i) ^ 2 <= 2 * alpha * (delta * z i)).
        { assert (H := squares_fall (z i) (z (S i)) (alpha * delta) (Hz i) (Hz (S i))). lra. }
        apply (Rmult_le_compat_l (w ^ n / (2 * alpha))) in Harea; [|apply over_nonneg; lra].
        replace (w ^ n / (2 * alpha) * (2 * alpha * (delta * z i)))
          with (delta * w ^ n * z i) in Harea by (field; lra).
        replace (w ^ n * ((2 - e) ^ 2 - z (S i) ^ 2) / (2 * alpha))
          with (w ^ n * ((2 - e) ^ 2 - z i ^ 2) / (2 * alpha)
                + w ^ n / (2 * alpha) * (z i ^ 2 - z (S i) ^ 2)) by (field; lra).
        lra.
  Qed.

  Variable N : nat.
  Hypothesis HN : 2 / (alpha * delta) <= INR N <= 2 / (alpha * delta) + 1.

  Lemma pairs_regret :
    alpha * ((w ^ n - 1) / k1) + w ^ n * (2 - e) ^ 2 / (2 * alpha) - 2
    <= \sum_(t <= S (2 * n + N)) pairs_g t * (x (t - 1)%nat - 1).
  Proof.
    destruct (pushes_played N) as [_ H]. eapply Rle_trans; [|exact H].
    assert (HzN : z N = 0).
    { unfold z. apply Rmax_left. assert (0 <= e).
      { unfold e. assert (H0 := sqrt_pos r). repeat apply Rmult_le_pos; try lra. apply pos_INR. }
      assert (Had : 0 < alpha * delta) by (apply Rmult_lt_0_compat; assumption).
      assert (alpha * delta * (2 / (alpha * delta)) <= alpha * delta * INR N)
        by (apply Rmult_le_compat_l; lra).
      replace (alpha * delta * (2 / (alpha * delta))) with 2 in * by (field; lra). lra. }
    rewrite HzN. unfold Rdiv. right. ring.
  Qed.

  Lemma pairs_norm_le :
    norm1 pairs_g (S (2 * n + N)) <= w ^ n * sqrt (1 + 2 * delta / alpha + delta ^ 2).
  Proof.
    rewrite pairs_norm_pushed. destruct pairs_roots as (_ & _ & _ & H1 & _).
    apply Rmult_le_compat_l; [apply pow_le; lra|]. apply sqrt_le_1_alt.
    assert (INR N * delta ^ 2 <= (2 / (alpha * delta) + 1) * delta ^ 2)
      by (apply Rmult_le_compat_r; [apply pow2_ge_0 | lra]).
    replace ((2 / (alpha * delta) + 1) * delta ^ 2) with (2 * delta / alpha + delta ^ 2) in *
      by (field; lra).
    lra.
  Qed.
End Pairs.

(** The chapter's game: on [-1, 1] from -1, a gradient 1, then n pairs of -a and a with a^2 = r s,
    s the sum of the squares before the pair, so that the norm is S = (1 + 2r)^(n/2) after them;
    then N = ceil(2/(alpha delta)) pushes by -delta S. If e = alpha/2 n r^(3/2) has
    e + alpha sqrt r <= 2, the regret against 1 is at least the numerator of the chapter's ratio,
    and the bound at most its denominator. *)
Lemma pairs_and_pushes :
  forall alpha r delta n N,
  let S_ := sqrt (1 + 2 * r) ^ n in
  let e := alpha / 2 * INR n * (r * sqrt r) in
  let g := fun t (_ : nat) => pairs_g r delta n t in
  let T := (1 + 2 * n + N)%nat in
  let l := fun _ : nat => -1 in
  let u := fun _ : nat => 1 in
  let x := points (adagrad alpha) 0 l u (fun _ => -1) g in
  let f := fun t (x : vector) => \sum_(i <= 1) g t i * x i in
  let y := fun _ : nat => 1 in
  0 < alpha -> 0 < r -> 0 < delta -> e + alpha * sqrt r <= 2 ->
  2 / (alpha * delta) <= INR N <= 2 / (alpha * delta) + 1 ->
  game 1 T l u 2 f x g y
  /\ alpha * ((S_ - 1) / sqrt (1 + r)) + S_ * (2 - e) ^ 2 / (2 * alpha) - 2 <= regret f x y T
  /\ (2 ^ 2 / (2 * alpha) + alpha) * (\sum_(i <= 1) norm g T i)
     <= (2 / alpha + alpha) * S_ * sqrt (1 + 2 * delta / alpha + delta ^ 2).
Proof.
  intros alpha r delta n N S_ e g T l u x f y Ha Hr Hdelta He HN. split; [|split].
  - split; [|split; [|split]]; [intros i _ | intros i _ | intros i _ |].
    + unfold x, l, u, points, point; simpl. lra.
    + unfold l, u, y. lra.
    + unfold l, u. lra.
    + intros t _. apply linear_subgradient.
  - eapply Rle_trans; [apply (pairs_regret alpha r delta n Ha Hr Hdelta He N HN)|].
    right. unfold regret. apply sum_ext. intros t Ht. unfold f, x, y, points, g.
    change (fun s : nat => pairs_g r delta n s) with (pairs_g r delta n). cbn [sum].
    unfold l, u. ring.
  - replace (2 ^ 2 / (2 * alpha) + alpha) with (2 / alpha + alpha) by (field; lra).
    rewrite Rmult_assoc. apply Rmult_le_compat_l.
    + assert (0 < 2 / alpha) by (apply Rdiv_lt_0_compat; lra). lra.
    + cbn [sum]. rewrite Rplus_0_l.
      apply (pairs_norm_le alpha r delta n Ha Hr Hdelta N HN).
Qed.

Lemma ceiling x : 0 < x -> exists N, x <= INR N <= x + 1.
Proof.
  intros Hx. destruct (archimed x) as [H1 H2]. exists (Z.to_nat (up x)).
  rewrite INR_IZR_INZ, Z2Nat.id; [lra|]. apply le_IZR. lra.
Qed.

(** The game's parameters: with n r = L, S is at least sqrt(1 + 2 L) and e = alpha/2 L sqrt r. *)
Lemma pairs_parameters alpha B tau :
  0 < alpha -> 0 < B -> 0 < tau ->
  exists r n, 0 < r /\ alpha * r <= tau /\ B <= sqrt (1 + 2 * r) ^ n /\
    INR n * (r * sqrt r) <= tau /\ alpha / 2 * INR n * (r * sqrt r) + alpha * sqrt r <= 2.
Proof.
  intros Ha HB Htau. set (L := B ^ 2 / 2).
  assert (HL : 0 < L) by (unfold L; assert (H := pow_lt B 2 HB); lra).
  assert (HaL : 0 < alpha * L) by (apply Rmult_lt_0_compat; assumption).
  set (sigma := Rmin (Rmin 1 (tau / L)) (Rmin (tau / alpha) (2 / (alpha / 2 * L + alpha)))).
  assert (Hsigma : 0 < sigma /\ sigma <= 1 /\ sigma <= tau / L /\ sigma <= tau / alpha /\
                   sigma <= 2 / (alpha / 2 * L + alpha)).
  { assert (H1 := Rmin_l (Rmin 1 (tau / L)) (Rmin (tau / alpha) (2 / (alpha / 2 * L + alpha)))).
    assert (H2 := Rmin_r (Rmin 1 (tau / L)) (Rmin (tau / alpha) (2 / (alpha / 2 * L + alpha)))).
    fold sigma in H1, H2.
    assert (H3 := Rmin_l 1 (tau / L)). assert (H4 := Rmin_r 1 (tau / L)).
    assert (H5 := Rmin_l (tau / alpha) (2 / (alpha / 2 * L + alpha))).
    assert (H6 := Rmin_r (tau / alpha) (2 / (alpha / 2 * L + alpha))).
    split; [unfold sigma; repeat apply Rmin_glb_lt; try apply Rdiv_lt_0_compat|]; lra. }
  destruct Hsigma as (Hs0 & Hs1 & Hs2 & Hs3 & Hs4).
  destruct (archimed_cor1 (sigma ^ 2 / L)) as (n & Hn & Hn0).
  { apply Rdiv_lt_0_compat; [apply pow_lt|]; assumption. }
  assert (HnR : 0 < INR n) by (apply INR_pos; lia).
  exists (L / INR n), n. set (r := L / INR n).
  assert (Hr : 0 < r) by (apply Rdiv_lt_0_compat; assumption).
  assert (Hroot : 0 < sqrt r <= sigma).
  { split; [apply sqrt_lt_R0, Hr|]. rewrite <- (sqrt_pow2 sigma) by lra. apply sqrt_le_1_alt.
    replace (sigma ^ 2) with (L * (sigma ^ 2 / L)) by (field; lra). unfold r, Rdiv at 1.
    apply Rmult_le_compat_l; lra. }
  assert (Hrr : r = sqrt r ^ 2) by (symmetry; apply pow2_sqrt; lra).
  assert (HnL : INR n * r = L) by (unfold r; field; lra).
  assert (HLs : L * sqrt r <= tau).
  { replace tau with (L * (tau / L)) by (field; lra). apply Rmult_le_compat_l; lra. }
  split; [exact Hr|]. split; [|split; [|split]].
  - replace tau with (alpha * (tau / alpha)) by (field; lra). apply Rmult_le_compat_l; [lra|].
    rewrite Hrr. assert (sqrt r * sqrt r <= sqrt r * 1) by (apply Rmult_le_compat_l; lra). lra.
  - (* Bernoulli's inequality *)
    apply Rsqr_incr_0_var; [|apply pow_le, sqrt_pos]. rewrite !Rsqr_pow2, <- pow_mult, Nat.mul_comm.
    rewrite pow_mult, pow2_sqrt by lra. eapply Rle_trans; [|apply poly; lra].
    replace (INR n * (2 * r)) with (2 * L) by (rewrite <- HnL; ring). unfold L. lra.
  - rewrite <- Rmult_assoc, HnL. exact HLs.
  - replace (alpha / 2 * INR n * (r * sqrt r) + alpha * sqrt r)
      with ((alpha / 2 * L + alpha) * sqrt r) by (rewrite <- HnL; ring).
    apply Rle_trans with ((alpha / 2 * L + alpha) * (2 / (alpha / 2 * L + alpha))).
    + apply Rmult_le_compat_l; lra.
    + right. field. lra.
Qed.

(** For every alpha > 0 and eps > 0 there is a game of linear losses on [-1, 1] from -1, so that
    D_inf = 2, in which AdaGrad's regret is at least 1 - eps times the bound of N49, which is
    positive. *)
Theorem adagrad_bound_sharp :
  forall alpha eps, 0 < alpha -> 0 < eps ->
  exists (g : nat -> vector) (T : nat),
  let l := fun _ : nat => -1 in
  let u := fun _ : nat => 1 in
  let x := points (adagrad alpha) 0 l u (fun _ => -1) g in
  let f := fun t (x : vector) => \sum_(i <= 1) g t i * x i in
  let y := fun _ : nat => 1 in
  let bound := (2 ^ 2 / (2 * alpha) + alpha) * (\sum_(i <= 1) norm g T i) in
  game 1 T l u 2 f x g y /\ 0 < bound /\ (1 - eps) * bound <= regret f x y T.
Proof.
  intros alpha eps Ha Heps.
  set (K := 2 / alpha + alpha). assert (H2a : 0 < 2 / alpha) by (apply Rdiv_lt_0_compat; lra).
  assert (HK : 0 < K) by (unfold K; lra).
  set (eta := Rmin eps (1 / 2)). (* eps or less *)
  assert (Heta : 0 < eta <= 1 / 2 /\ eta <= eps).
  { unfold eta. assert (H1 := Rmin_l eps (1 / 2)). assert (H2 := Rmin_r eps (1 / 2)).
    assert (0 < Rmin eps (1 / 2)) by (apply Rmin_glb_lt; lra). lra. }
  assert (HKe : 0 < K * eta / 8) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; lra).
  set (delta := eta / (2 / alpha + 1)).
  assert (Hdelta : 0 < delta <= 1).
  { split; [apply Rdiv_lt_0_compat; lra|]. unfold delta.
    apply Rle_trans with (eta / 1); [apply over_larger_le; lra | lra]. }
  assert (HN : 0 < 2 / (alpha * delta)).
  { apply Rdiv_lt_0_compat; [|apply Rmult_lt_0_compat]; lra. }
  destruct (ceiling _ HN) as [N HN'].
  destruct (pairs_parameters alpha ((2 + alpha) / (K * eta / 4)) (K * eta / 8))
    as (r & n & Hr & Hr1 & HS & He1 & He); [lra | apply Rdiv_lt_0_compat; lra | lra |].
  destruct (pairs_and_pushes alpha r delta n N Ha Hr (proj1 Hdelta) He HN')
    as (Hgame & Hregret & Hbound).
  exists (fun t _ => pairs_g r delta n t), (1 + 2 * n + N)%nat. cbv zeta in *.
  set (g := fun (t _ : nat) => pairs_g r delta n t) in *. set (T := (1 + 2 * n + N)%nat) in *.
  set (S_ := sqrt (1 + 2 * r) ^ n) in *.
  set (e := alpha / 2 * INR n * (r * sqrt r)) in *.
  set (ro := sqrt (1 + 2 * delta / alpha + delta ^ 2)) in *.
  set (bound := (2 ^ 2 / (2 * alpha) + alpha) * _) in *.
  split; [exact Hgame|]. split.
  - apply Rmult_lt_0_compat.
    + replace (2 ^ 2 / (2 * alpha)) with (2 / alpha) by (field; lra). lra.
    + cbn [sum]. rewrite Rplus_0_l. apply sqrt_lt_R0. apply Rlt_le_trans with (g 1%nat 1%nat ^ 2).
      * unfold g; simpl. lra.
      * apply (sum_term_le (fun t => g t 1%nat ^ 2)); [intros; apply pow2_ge_0 | unfold T; lia].
  - (* the regret is at least S (K - K eta/4) - (2 + alpha), ro at most 1 + eta/2 *)
    eapply Rle_trans; [|exact Hregret].
    assert (Hro : ro <= 1 + eta / 2).
    { unfold ro. rewrite <- (sqrt_pow2 (1 + eta / 2)) by lra. apply sqrt_le_1_alt.
      assert (2 * delta / alpha + delta = eta) by (unfold delta; field; lra).
      assert (0 <= delta * (1 - delta)) by (apply Rmult_le_pos; lra).
      assert (0 <= eta ^ 2) by apply pow2_ge_0. lra. }
    assert (HSK : 2 + alpha <= S_ * (K * eta / 4)).
    { replace (2 + alpha) with ((2 + alpha) / (K * eta / 4) * (K * eta / 4)) by (field; lra).
      apply Rmult_le_compat_r; [lra | assumption]. }
    assert (HS1 : 1 <= S_).
    { apply pow_R1_Rle. rewrite <- sqrt_1 at 1. apply sqrt_le_1_alt. lra. }
    assert (Hk1 : alpha * (S_ - 1) * (1 - r) <= alpha * ((S_ - 1) / sqrt (1 + r))).
    { assert (Hroot : 1 <= sqrt (1 + r)).
      { rewrite <- sqrt_1 at 1. apply sqrt_le_1_alt. lra. }
      assert (Hroot2 : sqrt (1 + r) ^ 2 = 1 + r) by (apply pow2_sqrt; lra).
      set (k := sqrt (1 + r)) in *.
      unfold Rdiv. rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|].
      apply Rmult_le_compat_l; [lra|].
      apply Rmult_le_reg_r with k; [lra|]. rewrite Rinv_l by lra.
      assert (0 <= (k - 1) * (k ^ 2 + (k - 1))) by (apply Rmult_le_pos; lra).
      replace (1 - r) with (2 - k ^ 2) by lra. lra. }
    assert (Hpush : S_ * (2 / alpha) - S_ * (K * eta / 8) <= S_ * (2 - e) ^ 2 / (2 * alpha)).
    { assert (Ee : 2 * e / alpha = INR n * (r * sqrt r)) by (unfold e; field; lra).
      assert (0 <= S_ * (e ^ 2 / (2 * alpha))).
      { apply Rmult_le_pos; [lra|]. apply over_nonneg; [apply pow2_ge_0 | lra | lra]. }
      replace (S_ * (2 - e) ^ 2 / (2 * alpha))
        with (S_ * (2 / alpha) - S_ * (2 * e / alpha) + S_ * (e ^ 2 / (2 * alpha)))
        by (field; lra).
      rewrite Ee. assert (S_ * (INR n * (r * sqrt r)) <= S_ * (K * eta / 8))
        by (apply Rmult_le_compat_l; lra). lra. }
    assert (Hturn : S_ * (alpha * r) <= S_ * (K * eta / 8)) by (apply Rmult_le_compat_l; lra).
    assert (Hb0 : 0 <= bound).
    { apply Rmult_le_pos; [|apply norms_nonneg].
      replace (2 ^ 2 / (2 * alpha)) with (2 / alpha) by (field; lra). lra. }
    apply Rle_trans with ((1 - eta) * (K * S_ * ro)).
    { apply Rle_trans with ((1 - eta) * bound); [apply Rmult_le_compat_r; lra|].
      apply Rmult_le_compat_l; [lra | exact Hbound]. }
    apply Rle_trans with (K * S_ * (1 - eta / 2)).
    { replace ((1 - eta) * (K * S_ * ro)) with (K * S_ * ((1 - eta) * ro)) by ring.
      apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|].
      assert ((1 - eta) * ro <= (1 - eta) * (1 + eta / 2)) by (apply Rmult_le_compat_l; lra).
      assert (0 <= eta ^ 2) by apply pow2_ge_0. lra. }
    assert (0 <= alpha * r) by (apply Rmult_le_pos; lra).
    unfold K in *. lra.
Qed.

(** N59. For every alpha > 0 the supremum over all games, of all dimensions and all T, of AdaGrad's
    regret over the bound of N49 is 1. (Where that bound is 0 all gradients are 0.) Holds; new. *)
Theorem adagrad_supremum :
  forall alpha, 0 < alpha ->
  is_lub (fun ratio : R => exists d T l u D_inf f g x1 y,
    let x := points (adagrad alpha) 0 l u x1 g in
    let bound := (D_inf ^ 2 / (2 * alpha) + alpha) * (\sum_(i <= d) norm g T i) in
    game d T l u D_inf f x g y /\ 0 < bound /\ ratio = regret f x y T / bound) 1.
Proof.
  intros alpha Ha. split.
  - intros ratio (d & T & l & u & D_inf & f & g & x1 & y & Hgame & Hbound & ->).
    assert (H := regret_adagrad d T l u D_inf f g x1 y alpha Ha Hgame). cbv zeta in H.
    apply Rmult_le_reg_r with (1 := Hbound). unfold Rdiv at 1.
    rewrite Rmult_assoc, Rinv_l by lra. lra.
  - intros b Hb. apply Rnot_lt_le. intros H1.
    destruct (adagrad_bound_sharp alpha ((1 - b) / 2) Ha ltac:(lra)) as (g & T & H).
    destruct H as (Hgame & Hbound & Hregret).
    assert (H := Hb _ ltac:(do 9 eexists; cbv zeta; split; [exact Hgame | split;
      [exact Hbound | reflexivity]])).
    apply (Rmult_le_compat_r _ _ _ (Rlt_le _ _ Hbound)) in H. unfold Rdiv at 1 in H.
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r in H by lra. nra.
Qed.

(** N59. The chapter's game and its ratio: on [-1, 1] from -1, a gradient 1, then n pairs of -a and
    a with a^2 = r s, s the sum of the squares before the pair; then N = ceil(2/(alpha delta))
    pushes by -delta S, S = (1 + 2r)^(n/2). If e = alpha/2 n r^(3/2) has e + alpha sqrt r <= 2 and
    the numerator is not negative, the regret against 1 is at least the ratio times the bound.
    Holds. *)
Theorem adagrad_pairs_and_pushes :
  forall alpha r delta n N,
  let S_ := sqrt (1 + 2 * r) ^ n in
  let e := alpha / 2 * INR n * (r * sqrt r) in
  let g := fun t (_ : nat) => pairs_g r delta n t in
  let T := (1 + 2 * n + N)%nat in
  let l := fun _ : nat => -1 in
  let u := fun _ : nat => 1 in
  let x := points (adagrad alpha) 0 l u (fun _ => -1) g in
  let f := fun t (x : vector) => \sum_(i <= 1) g t i * x i in
  let y := fun _ : nat => 1 in
  let numerator := alpha * ((S_ - 1) / sqrt (1 + r)) + S_ * (2 - e) ^ 2 / (2 * alpha) - 2 in
  let denominator := (2 / alpha + alpha) * S_ * sqrt (1 + 2 * delta / alpha + delta ^ 2) in
  let bound := (2 ^ 2 / (2 * alpha) + alpha) * (\sum_(i <= 1) norm g T i) in
  0 < alpha -> 0 < r -> 0 < delta -> e + alpha * sqrt r <= 2 ->
  2 / (alpha * delta) <= INR N <= 2 / (alpha * delta) + 1 ->
  0 <= numerator ->
  game 1 T l u 2 f x g y /\ numerator / denominator * bound <= regret f x y T.
Proof.
  intros alpha r delta n N S_ e g T l u x f y numerator denominator bound Ha Hr Hd He HN Hnum.
  destruct (pairs_and_pushes alpha r delta n N Ha Hr Hd He HN) as (Hgame & Hregret & Hbound).
  split; [exact Hgame|]. eapply Rle_trans; [|exact Hregret].
  change (numerator / denominator * bound <= numerator). change (bound <= denominator) in Hbound.
  assert (Hden : 0 < denominator).
  { assert (0 < 2 / alpha) by (apply Rdiv_lt_0_compat; lra).
    assert (0 < 2 * delta / alpha) by (apply Rdiv_lt_0_compat; lra).
    assert (0 <= delta ^ 2) by apply pow2_ge_0.
    apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [lra | apply pow_lt] |];
      apply sqrt_lt_R0; lra. }
  apply (Rmult_le_compat_l (numerator / denominator)) in Hbound; [|apply over_nonneg; lra].
  replace (numerator / denominator * denominator) with numerator in Hbound by (field; lra).
  exact Hbound.
Qed.

(** N59. AdamNC with beta1 = 0 is the same rule: so its bounds, N57 and N48, which are AdaGrad's at
    beta1 = 0, are sharp too. Holds. *)
Theorem adamnc_bound_sharp :
  forall alpha eps, 0 < alpha -> 0 < eps ->
  exists (g : nat -> vector) (T : nat),
  let l := fun _ : nat => -1 in
  let u := fun _ : nat => 1 in
  let x := adamnc_points alpha (fun _ => 0) l u (fun _ => -1) g in
  let f := fun t (x : vector) => \sum_(i <= 1) g t i * x i in
  let y := fun _ : nat => 1 in
  let bound := (2 ^ 2 / (2 * alpha) + alpha) * (\sum_(i <= 1) norm g T i) in
  game 1 T l u 2 f x g y /\ 0 < bound /\ (1 - eps) * bound <= regret f x y T.
Proof.
  intros alpha eps Ha Heps. destruct (adagrad_bound_sharp alpha eps Ha Heps) as (g & T & H).
  exists g, T. cbv zeta in *. unfold adamnc_points.
  rewrite (functional_extensionality _ _ (fun t =>
    adamnc_without_momentum_is_adagrad (fun _ => -1) (fun _ => 1) (fun _ => -1) g alpha t Ha)).
  exact H.
Qed.
