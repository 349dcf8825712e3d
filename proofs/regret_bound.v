(** The regret bound of section 4: Theorem 4.1 as it is printed, and that it is false: in a single
    round at all betas, and, by a game with linear regret, for every multiple of its right-hand
    side; with it Corollary 4.2. *)
From Coq Require Import Reals Lra Lia Psatz.
From Adamlab Require Import sums setting rules counterexamples.
Open Scope R_scope.

(** ** The words of section 4 *)

(** || x ||_2. *)
Definition norm (d : nat) (x : vector) : R := sqrt (\sum_(i <= d) x i ^ 2).

Definition minus (x y : vector) : vector := fun i => x i - y i.

Definition convex (f : vector -> R) : Prop :=
  forall x y a, 0 <= a <= 1 ->
  f (fun i => a * x i + (1 - a) * y i) <= a * f x + (1 - a) * f y.

(** f is differentiable at x (in the sense of Frechet, the strongest), and its gradient is s. *)
Definition is_gradient (d : nat) (f : vector -> R) (x s : vector) : Prop :=
  forall e, 0 < e -> exists r, 0 < r /\
  forall y, norm d (minus y x) < r ->
  Rabs (f y - f x - \sum_(i <= d) s i * (y i - x i)) <= e * norm d (minus y x).

(** y = arg min over X of f_1 + ... + f_T. *)
Definition minimiser (X : vector -> Prop) (f : nat -> vector -> R) (T : nat) (y : vector) : Prop :=
  X y /\ forall z, X z -> \sum_(t <= T) f t y <= \sum_(t <= T) f t z.

(** Adam as section 4 has it: alpha_t = alpha / sqrt t, beta_(1,t) = beta1 lam^(t-1), eps = 0, no
    projection; one coordinate, from theta1 and with the gradients g 1, g 2, ..., after t rounds. *)
Definition adam_4 (alpha beta1 beta2 lam theta1 : R) (g : nat -> R) (t : nat) : R * R * (R * R) :=
  run (fun s => adam_decayed_beta1 (alpha / sqrt (INR s)) beta1 beta2 lam 0 s)
      free theta1 (0, 0) g t.

Definition gamma (beta1 beta2 : R) : R := beta1 ^ 2 / sqrt beta2.

(** Everything that Theorem 4.1 assumes, in its order. The points are theta 1, ..., theta T, and the
    distances D and D_inf are those between them; g_t is the gradient of f_t at theta_t. (The paper
    lets beta2 be 0, but then gamma has no meaning.) *)
Record setting_4_1 (d T : nat) (alpha beta1 beta2 lam G G_inf D D_inf : R)
    (f : nat -> vector -> R) (grad : nat -> vector -> vector) (theta : nat -> vector) : Prop := {
  some_coordinates : (1 <= d)%nat;
  some_rounds : (1 <= T)%nat;
  losses_convex : forall t, (1 <= t <= T)%nat -> convex (f t);
  losses_differentiable :
    forall t x, (1 <= t <= T)%nat -> is_gradient d (f t) x (grad t x);
  gradients_bounded :
    forall t x, (1 <= t <= T)%nat -> norm d (grad t x) <= G;
  gradients_bounded_inf :
    forall t x i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat -> Rabs (grad t x i) <= G_inf;
  distances_bounded :
    forall m n, (1 <= m <= T)%nat -> (1 <= n <= T)%nat ->
    norm d (minus (theta n) (theta m)) <= D;
  distances_bounded_inf :
    forall m n i, (1 <= m <= T)%nat -> (1 <= n <= T)%nat -> (1 <= i <= d)%nat ->
    Rabs (theta m i - theta n i) <= D_inf;
  generated_by_adam :
    forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat ->
    theta t i = point (adam_4 alpha beta1 beta2 lam (theta 1%nat i)
                              (fun s => grad s (theta s) i) (t - 1));
  beta1_range : 0 <= beta1 < 1;
  beta2_range : 0 < beta2 < 1;
  gamma_below_1 : gamma beta1 beta2 < 1;
  alpha_range : 0 < alpha;
  lam_range : 0 < lam < 1
}.

(** v_hat_(T,i): the v of that run, corrected. *)
Definition v_hat alpha beta1 beta2 lam (grad : nat -> vector -> vector) (theta : nat -> vector)
    (T i : nat) : R :=
  snd (state (adam_4 alpha beta1 beta2 lam (theta 1%nat i) (fun s => grad s (theta s) i) T))
  / (1 - beta2 ^ T).

(** || g_(1:T,i) ||_2, the norm of all gradients in coordinate i. *)
Definition history_norm (grad : nat -> vector -> vector) (theta : nat -> vector) (T i : nat) : R :=
  sqrt (\sum_(t <= T) grad t (theta t) i ^ 2).

(** The three terms of the right-hand side. *)
Definition first_term d T alpha beta1 beta2 lam D grad theta : R :=
  D ^ 2 / (2 * alpha * (1 - beta1))
  * (\sum_(i <= d) sqrt (INR T * v_hat alpha beta1 beta2 lam grad theta T i)).

Definition second_term d T alpha beta1 beta2 G_inf grad theta : R :=
  alpha * (1 + beta1) * G_inf / ((1 - beta1) * sqrt (1 - beta2) * (1 - gamma beta1 beta2) ^ 2)
  * (\sum_(i <= d) history_norm grad theta T i).

Definition third_term d alpha beta1 beta2 lam G_inf D_inf : R :=
  \sum_(i <= d) D_inf ^ 2 * G_inf * sqrt (1 - beta2) / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2).

Definition right_hand_side d T alpha beta1 beta2 lam G_inf D D_inf grad theta : R :=
  first_term d T alpha beta1 beta2 lam D grad theta
  + second_term d T alpha beta1 beta2 G_inf grad theta
  + third_term d alpha beta1 beta2 lam G_inf D_inf.

(** Theorem 4.1 as printed: "... Adam achieves the following guarantee, for all T >= 1". *)
Definition Theorem_4_1 : Prop :=
  forall d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta X theta_star,
  setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta ->
  minimiser X f T theta_star ->
  regret f theta theta_star T
  <= right_hand_side d T alpha beta1 beta2 lam G_inf D D_inf grad theta.

(** What may be granted to it besides: that X is a closed box (so a convex set) of no larger size
    than D and D_inf, that the points played are in it, and that nothing is ever divided by 0. *)
Record granted (d T : nat) (alpha beta1 beta2 lam D D_inf : R)
    (grad : nat -> vector -> vector) (theta : nat -> vector) (X : vector -> Prop) : Prop := {
  X_box : exists l u, forall x, X x <-> in_box d l u x;
  X_size : forall x y, X x -> X y -> norm d (minus x y) <= D;
  X_size_inf :
    forall x y i, X x -> X y -> (1 <= i <= d)%nat -> Rabs (x i - y i) <= D_inf;
  played_in_X : forall t, (1 <= t <= T)%nat -> X (theta t);
  no_division_by_0 :
    forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat ->
    0 < v_hat alpha beta1 beta2 lam grad theta t i
}.

(** So theta_star is within the distances too, which the paper's proof needs and does not say. *)
Lemma theta_star_near d T alpha beta1 beta2 lam D D_inf f grad theta X theta_star :
  granted d T alpha beta1 beta2 lam D D_inf grad theta X -> minimiser X f T theta_star ->
  forall t, (1 <= t <= T)%nat ->
  norm d (minus (theta t) theta_star) <= D /\
  forall i, (1 <= i <= d)%nat -> Rabs (theta t i - theta_star i) <= D_inf.
Proof. intros [] [HX _] t Ht. auto. Qed.

(** The theorem at given betas and lambda, for T rounds, all that granted, and its right-hand side
    multiplied by K. *)
Definition Theorem_4_1_granted (beta1 beta2 lam : R) (T : nat) (K : R) : Prop :=
  forall d alpha G G_inf D D_inf f grad theta X theta_star,
  setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta ->
  granted d T alpha beta1 beta2 lam D D_inf grad theta X ->
  minimiser X f T theta_star ->
  regret f theta theta_star T
  <= K * right_hand_side d T alpha beta1 beta2 lam G_inf D D_inf grad theta.

Lemma printed_implies_granted beta1 beta2 lam T :
  Theorem_4_1 -> Theorem_4_1_granted beta1 beta2 lam T 1.
Proof. intros H d alpha G G' D D' f grad theta X y HS _ HX. rewrite Rmult_1_l. eauto. Qed.

(** ** One coordinate *)

Lemma norm_1 x : norm 1 x = Rabs (x 1%nat).
Proof.
  unfold norm; simpl. rewrite Rplus_0_l, Rmult_1_r. apply sqrt_Rsqr_abs.
Qed.

(** All points from a to b. *)
Definition interval (a b : R) (x : vector) : Prop := a <= x 1%nat <= b.

Lemma interval_is_box a b : exists l u, forall x, interval a b x <-> in_box 1 l u x.
Proof.
  exists (fun _ => a), (fun _ => b). intros x. split; intros H.
  - intros i Hi. replace i with 1%nat by lia. exact H.
  - apply (H 1%nat). lia.
Qed.

(** The terms are not negative. *)
Lemma first_term_nonneg d T alpha beta1 beta2 lam D grad theta : 0 < alpha -> beta1 < 1 ->
  0 <= first_term d T alpha beta1 beta2 lam D grad theta.
Proof.
  intros Ha H1. apply Rmult_le_pos; [|apply sum_nonneg; intros; apply sqrt_pos].
  apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; nra].
Qed.

Lemma second_term_nonneg d T alpha beta1 beta2 G_inf grad theta :
  0 < alpha -> 0 <= beta1 < 1 -> gamma beta1 beta2 < 1 -> 0 <= G_inf -> beta2 < 1 ->
  0 <= second_term d T alpha beta1 beta2 G_inf grad theta.
Proof.
  intros Ha H1 Hg HG H2. apply Rmult_le_pos; [|apply sum_nonneg; intros; apply sqrt_pos].
  apply Rmult_le_pos; [repeat apply Rmult_le_pos; lra|]. left. apply Rinv_0_lt_compat.
  apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [|apply sqrt_lt_R0] | apply pow_lt]; lra.
Qed.

Lemma third_term_nonneg d alpha beta1 beta2 lam G_inf D_inf :
  0 < alpha -> beta1 < 1 -> lam < 1 -> 0 <= G_inf ->
  0 <= third_term d alpha beta1 beta2 lam G_inf D_inf.
Proof.
  intros Ha H1 Hl HG. apply sum_nonneg. intros _ _. apply Rmult_le_pos.
  - apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow2_ge_0 | lra] | apply sqrt_pos].
  - left. apply Rinv_0_lt_compat. apply Rmult_lt_0_compat; [nra | apply pow_lt; lra].
Qed.

Lemma G_inf_nonneg d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta :
  setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta -> 0 <= G_inf.
Proof.
  intros H. destruct H. eapply Rle_trans; [apply Rabs_pos|].
  apply (gradients_bounded_inf0 1%nat (theta 1%nat) 1%nat); lia.
Qed.

(** ** One round: f_1(x) = c x on [0, 1], from 1 *)

Definition slope_c (c : R) : nat -> vector -> R := fun _ x => c * x 1%nat.
Definition grad_c (c : R) : nat -> vector -> vector := fun _ _ _ => c.
Definition at_1 : nat -> vector := fun _ _ => 1.
Definition zero : vector := fun _ => 0.

Lemma one_round_v_hat alpha beta1 beta2 lam c i :
  beta2 < 1 -> v_hat alpha beta1 beta2 lam (grad_c c) at_1 1 i = c ^ 2.
Proof.
  intros H. unfold v_hat, adam_4, state, grad_c. cbn -[INR]. field. lra.
Qed.

Lemma one_round_setting alpha beta1 beta2 lam c :
  0 < c -> 0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 ->
  gamma beta1 beta2 < 1 ->
  setting_4_1 1 1 alpha beta1 beta2 lam c c 1 1 (slope_c c) (grad_c c) at_1
  /\ granted 1 1 alpha beta1 beta2 lam 1 1 (grad_c c) at_1 (interval 0 1)
  /\ minimiser (interval 0 1) (slope_c c) 1 zero
  /\ regret (slope_c c) at_1 zero 1 = c.
Proof.
  intros Hc Ha H1 H2 Hl Hg. split; [constructor; auto|split; [constructor|split]].
  - intros t _ x y a _. unfold slope_c. lra.
  - intros t x _ e He. exists 1. split; [lra|]. intros y _. unfold slope_c, grad_c. simpl.
    replace (_ - _ - _) with 0 by ring. rewrite Rabs_R0.
    apply Rmult_le_pos; [lra | apply sqrt_pos].
  - intros. rewrite norm_1. unfold grad_c. rewrite Rabs_pos_eq; lra.
  - intros. unfold grad_c. rewrite Rabs_pos_eq; lra.
  - intros. rewrite norm_1. unfold minus, at_1. rewrite Rminus_eq_0, Rabs_R0. lra.
  - intros. unfold at_1. rewrite Rminus_eq_0, Rabs_R0. lra.
  - intros t i Ht _. replace (t - 1)%nat with 0%nat by lia. reflexivity.
  - apply interval_is_box.
  - unfold interval. intros x y Hx Hy. rewrite norm_1. unfold minus. apply Rabs_le. lra.
  - unfold interval. intros x y i Hx Hy Hi. replace i with 1%nat by lia. apply Rabs_le. lra.
  - unfold interval, at_1. intros. lra.
  - intros t i Ht _. replace t with 1%nat by lia.
    rewrite one_round_v_hat by lra. apply pow_lt; assumption.
  - split; [unfold interval, zero; lra|]. intros z [Hz _]. unfold slope_c, zero. simpl.
    assert (0 <= c * z 1%nat) by (apply Rmult_le_pos; lra). lra.
  - unfold regret, slope_c, at_1, zero; simpl. ring.
Qed.

Lemma one_round_right_hand_side alpha beta1 beta2 lam c :
  0 <= c -> 0 <= beta1 < 1 -> 0 < beta2 < 1 ->
  right_hand_side 1 1 alpha beta1 beta2 lam c 1 1 (grad_c c) at_1
  = c / (2 * alpha * (1 - beta1))
    + alpha * (1 + beta1) * c ^ 2
      / ((1 - beta1) * sqrt (1 - beta2) * (1 - gamma beta1 beta2) ^ 2)
    + c * sqrt (1 - beta2) / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2).
Proof.
  intros Hc H1 H2.
  unfold right_hand_side, first_term, second_term, third_term, history_norm. cbn -[INR pow].
  rewrite one_round_v_hat by lra. unfold grad_c. rewrite !Rplus_0_l.
  replace (INR 1) with 1 by reflexivity. rewrite Rmult_1_l.
  replace (sqrt (c ^ 2)) with c by (symmetry; apply sqrt_pow2, Hc).
  rewrite pow1. unfold Rdiv. ring.
Qed.

Lemma gamma_without_momentum beta2 : gamma 0 beta2 = 0.
Proof. unfold gamma, Rdiv. simpl. ring. Qed.

Lemma one_round_in_numbers :
  right_hand_side 1 1 2 0 (3 / 4) (1 / 2) (1 / 100) 1 1 (grad_c (1 / 100)) at_1 = 79 / 10000.
Proof.
  rewrite one_round_right_hand_side, gamma_without_momentum by lra.
  replace (sqrt (1 - 3 / 4)) with (1 / 2); [field|].
  symmetry. replace (1 - 3 / 4) with ((1 / 2) ^ 2) by lra. apply sqrt_pow2. lra.
Qed.

(** C33. Theorem 4.1, as printed, is refuted. One round of one coordinate is enough:
    f_1(theta) = theta / 100 on [0, 1], theta_1 = 1. *)
Theorem theorem_4_1_refuted : ~ Theorem_4_1.
Proof.
  intros H. destruct (one_round_setting 2 0 (3 / 4) (1 / 2) (1 / 100)) as (HS & _ & HM & HR);
    rewrite ?gamma_without_momentum; try lra.
  specialize (H _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ HS HM).
  rewrite HR, one_round_in_numbers in H. lra.
Qed.

(** C33. The same in numbers: alpha = 2, beta1 = 0, beta2 = 3/4, lambda = 1/2, G = G_inf = 1/100,
    and D = D_inf = 1, which is the distance to theta_star = 0 as well: the regret is 0.0100, the
    right-hand side 0.0079. *)
Theorem theorem_4_1_in_numbers :
  setting_4_1 1 1 2 0 (3 / 4) (1 / 2) (1 / 100) (1 / 100) 1 1
    (slope_c (1 / 100)) (grad_c (1 / 100)) at_1
  /\ granted 1 1 2 0 (3 / 4) (1 / 2) 1 1 (grad_c (1 / 100)) at_1 (interval 0 1)
  /\ minimiser (interval 0 1) (slope_c (1 / 100)) 1 zero
  /\ regret (slope_c (1 / 100)) at_1 zero 1 = 100 / 10000
  /\ right_hand_side 1 1 2 0 (3 / 4) (1 / 2) (1 / 100) 1 1 (grad_c (1 / 100)) at_1 = 79 / 10000.
Proof.
  destruct (one_round_setting 2 0 (3 / 4) (1 / 2) (1 / 100)) as (HS & HG & HM & HR);
    rewrite ?gamma_without_momentum; try lra.
  repeat (split; [assumption|]). split; [rewrite HR; lra | apply one_round_in_numbers].
Qed.

(** C33. Nor is it that the step of the round leads away: with alpha = 1, beta2 = 99/100 it leads to
    theta_2 = 0, which is theta_star. So D = D_inf = 1 is the distance of all three, X = [0, 1] has
    them all, and still the regret is 0.0100, the right-hand side 0.0080. *)
Theorem theorem_4_1_in_numbers_with_next_point :
  setting_4_1 1 1 1 0 (99 / 100) (1 / 2) (1 / 100) (1 / 100) 1 1
    (slope_c (1 / 100)) (grad_c (1 / 100)) at_1
  /\ granted 1 1 1 0 (99 / 100) (1 / 2) 1 1 (grad_c (1 / 100)) at_1 (interval 0 1)
  /\ minimiser (interval 0 1) (slope_c (1 / 100)) 1 zero
  /\ point (adam_4 1 0 (99 / 100) (1 / 2) 1 (fun _ => 1 / 100) 1) = 0
  /\ regret (slope_c (1 / 100)) at_1 zero 1 = 100 / 10000
  /\ right_hand_side 1 1 1 0 (99 / 100) (1 / 2) (1 / 100) 1 1 (grad_c (1 / 100)) at_1
     = 80 / 10000.
Proof.
  destruct (one_round_setting 1 0 (99 / 100) (1 / 2) (1 / 100)) as (HS & HG & HM & HR);
    rewrite ?gamma_without_momentum; try lra.
  repeat (split; [assumption|]). split; [|split; [rewrite HR; lra|]].
  - unfold point, adam_4, adam_decayed_beta1, ratio, free. cbn -[INR].
    replace (INR 1) with 1 by reflexivity. rewrite sqrt_1.
    replace ((99 / 100 * 0 + (1 - 99 / 100) * (1 / 100 * (1 / 100))) / (1 - 99 / 100 * 1))
      with ((1 / 100) ^ 2) by field.
    rewrite sqrt_pow2 by lra. field.
  - rewrite one_round_right_hand_side, gamma_without_momentum by lra.
    replace (sqrt (1 - 99 / 100)) with (1 / 10); [field|].
    symmetry. replace (1 - 99 / 100) with ((1 / 10) ^ 2) by lra. apply sqrt_pow2. lra.
Qed.

(** In one round the right-hand side is c (P / alpha + Q alpha c): a large alpha and small losses
    make it less than any part of the regret c. *)
Lemma large_step_small_losses K P Q : 0 < K -> 0 < P -> 0 < Q ->
  exists alpha c, 0 < alpha /\ 0 < c /\ K * (c * (P / alpha + Q * alpha * c)) < c.
Proof.
  intros HK HP HQ.
  assert (Ha : 0 < 4 * (K * P)) by (assert (0 < K * P) by (apply Rmult_lt_0_compat; lra); lra).
  exists (4 * (K * P)). revert Ha. set (alpha := 4 * (K * P)).
  assert (E1 : 0 < alpha -> P / alpha = 1 / (4 * K)) by (intros; unfold alpha; field; lra).
  clearbody alpha. intros Ha. specialize (E1 Ha). exists (1 / (4 * (K * Q * alpha))).
  assert (Hd : 0 < K * Q * alpha) by (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra).
  assert (Hc : 0 < 1 / (4 * (K * Q * alpha))) by (apply Rdiv_lt_0_compat; lra).
  split; [exact Ha|]. split; [exact Hc|]. rewrite E1.
  replace (Q * alpha * (1 / (4 * (K * Q * alpha)))) with (1 / (4 * K)) by (field; lra).
  set (c := 1 / (4 * (K * Q * alpha))) in *. clearbody c.
  replace (K * (c * (1 / (4 * K) + 1 / (4 * K)))) with (c / 2) by (field; lra). lra.
Qed.

(** C33. Theorem 4.1 is false at all betas and lambdas that it allows (the defaults among them), in
    one round, with all that granted, and for every multiple K of its right-hand side: the second
    term is quadratic in the size of the losses, and the others fall with alpha. (Then alpha is
    large, and theta_2 is out of X; but the paper's D is about theta_1, ..., theta_T only. The game
    at the end of this chapter has one D for all points, at smaller beta2.) *)
Theorem theorem_4_1_refuted_at_all_betas :
  forall beta1 beta2 lam K, 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 ->
  gamma beta1 beta2 < 1 -> 0 < K ->
  ~ Theorem_4_1_granted beta1 beta2 lam 1 K.
Proof.
  intros beta1 beta2 lam K H1 H2 Hl Hg HK H.
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hl2 : 0 < (1 - lam) ^ 2) by (apply pow_lt; lra).
  assert (Hg2 : 0 < (1 - gamma beta1 beta2) ^ 2) by (apply pow_lt; lra).
  destruct (large_step_small_losses K
    ((1 + sqrt (1 - beta2) / (1 - lam) ^ 2) / (2 * (1 - beta1)))
    ((1 + beta1) / ((1 - beta1) * sqrt (1 - beta2) * (1 - gamma beta1 beta2) ^ 2)))
    as (alpha & c & Ha & Hc & Hlt); [exact HK | | |].
  - assert (0 < sqrt (1 - beta2) / (1 - lam) ^ 2) by (apply Rdiv_lt_0_compat; assumption).
    apply Rdiv_lt_0_compat; lra.
  - apply Rdiv_lt_0_compat; [lra|]. repeat apply Rmult_lt_0_compat; lra.
  - destruct (one_round_setting alpha beta1 beta2 lam c) as (HS & HG & HM & HR); try assumption.
    specialize (H _ _ _ _ _ _ _ _ _ _ _ HS HG HM).
    rewrite HR, one_round_right_hand_side in H by lra.
    apply (Rlt_not_le _ _ Hlt). eapply Rle_trans; [exact H|]. apply Req_le. f_equal.
    field. repeat split; lra.
Qed.

(** ** gamma, and the two forms of the third term *)

(** C35. "beta1^2 / sqrt beta2 < 1" holds at the defaults. *)
Theorem gamma_at_the_defaults : 0.8104052 < gamma 0.9 0.999 < 0.8104054.
Proof.
  unfold gamma.
  assert (Hlow : 0.99949987 < sqrt 0.999).
  { rewrite <- (sqrt_pow2 0.99949987) by lra. apply sqrt_lt_1_alt. lra. }
  assert (Hhigh : sqrt 0.999 < 0.99949988).
  { rewrite <- (sqrt_pow2 0.99949988) by lra. apply sqrt_lt_1_alt. lra. }
  split; apply Rmult_lt_reg_r with (sqrt 0.999); try lra;
    unfold Rdiv; rewrite ?(Rmult_assoc (0.9 ^ 2)), Rinv_l by lra; lra.
Qed.

(** C35, C33. So Theorem 4.1 is false at the default betas too. *)
Theorem theorem_4_1_refuted_at_the_defaults :
  forall lam K, 0 < lam < 1 -> 0 < K -> ~ Theorem_4_1_granted 0.9 0.999 lam 1 K.
Proof.
  intros lam K Hl HK. assert (Hg := gamma_at_the_defaults).
  apply theorem_4_1_refuted_at_all_betas; lra.
Qed.

(** The third term in the last line of the appendix, with beta1 where the theorem has 1 - beta1. *)
Definition third_term_appendix d alpha beta1 beta2 lam G_inf D_inf : R :=
  \sum_(i <= d) D_inf ^ 2 * G_inf * sqrt (1 - beta2) / (2 * alpha * beta1 * (1 - lam) ^ 2).

(** C36. The third terms of the theorem and of the last line of its proof do not agree: they do so
    only at beta1 = 1/2, and the latter is the smaller one just for beta1 > 1/2. *)
Theorem third_terms_differ :
  forall d alpha beta1 beta2 lam G_inf D_inf,
  (1 <= d)%nat -> 0 < alpha -> 0 < beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 ->
  0 < G_inf -> 0 < D_inf ->
  (third_term_appendix d alpha beta1 beta2 lam G_inf D_inf
   < third_term d alpha beta1 beta2 lam G_inf D_inf <-> 1 / 2 < beta1) /\
  (third_term_appendix d alpha beta1 beta2 lam G_inf D_inf
   = third_term d alpha beta1 beta2 lam G_inf D_inf <-> beta1 = 1 / 2).
Proof.
  intros d alpha beta1 beta2 lam G D Hd Ha H1 H2 Hl HG HD.
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hl2 : 0 < (1 - lam) ^ 2) by (apply pow_lt; lra).
  set (B := INR d * (D ^ 2 * G * sqrt (1 - beta2) / (2 * alpha * (1 - lam) ^ 2))).
  assert (HB : 0 < B).
  { apply Rmult_lt_0_compat; [apply INR_pos, Hd|].
    apply Rdiv_lt_0_compat; repeat apply Rmult_lt_0_compat; lra. }
  assert (E : third_term d alpha beta1 beta2 lam G D = B / (1 - beta1)).
  { unfold third_term, B. rewrite sum_const. field. lra. }
  assert (E' : third_term_appendix d alpha beta1 beta2 lam G D = B / beta1).
  { unfold third_term_appendix, B. rewrite sum_const. field. lra. }
  rewrite E, E'. clearbody B.
  assert (Hdiff : (B / beta1 - B / (1 - beta1)) * (beta1 * (1 - beta1)) = B * (1 - 2 * beta1))
    by (field; lra).
  assert (Hp : 0 < beta1 * (1 - beta1)) by (apply Rmult_lt_0_compat; lra).
  set (x := B / beta1) in *. set (y := B / (1 - beta1)) in *. clearbody x y.
  split; split; intros H; nra.
Qed.

(** Theorem 4.1 (= 10.5) with the last line of its proof, at given betas (beta1 > 0, or that line
    divides by 0) and lambda, for T rounds, all that granted, and that line multiplied by K. *)
Definition Theorem_10_5_last_line (beta1 beta2 lam : R) (T : nat) (K : R) : Prop :=
  forall d alpha G G_inf D D_inf f grad theta X theta_star,
  setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta ->
  granted d T alpha beta1 beta2 lam D D_inf grad theta X ->
  minimiser X f T theta_star ->
  regret f theta theta_star T
  <= K * (first_term d T alpha beta1 beta2 lam D grad theta
          + second_term d T alpha beta1 beta2 G_inf grad theta
          + third_term_appendix d alpha beta1 beta2 lam G_inf D_inf).

(** C36, C33. This form is refuted likewise. *)
Theorem theorem_10_5_refuted_at_all_betas :
  forall beta1 beta2 lam K, 0 < beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 ->
  gamma beta1 beta2 < 1 -> 0 < K ->
  ~ Theorem_10_5_last_line beta1 beta2 lam 1 K.
Proof.
  (* its right-hand side is at most that of the theorem times 1 + (1 - beta1) / beta1 *)
  intros beta1 beta2 lam K H1 H2 Hl Hg HK H.
  apply (theorem_4_1_refuted_at_all_betas beta1 beta2 lam (K / beta1)); try lra.
  { apply Rdiv_lt_0_compat; lra. }
  intros d alpha G G' D D' f grad theta X y HS HG HM.
  eapply Rle_trans; [apply (H _ _ _ _ _ _ _ _ _ _ _ HS HG HM)|].
  unfold right_hand_side.
  assert (Ha := alpha_range _ _ _ _ _ _ _ _ _ _ _ _ _ HS).
  assert (F := first_term_nonneg d 1 alpha beta1 beta2 lam D grad theta Ha ltac:(lra)).
  assert (HG' := G_inf_nonneg _ _ _ _ _ _ _ _ _ _ _ _ _ HS).
  assert (S := second_term_nonneg d 1 alpha beta1 beta2 G' grad theta Ha
                ltac:(lra) Hg HG' ltac:(lra)).
  assert (E : third_term_appendix d alpha beta1 beta2 lam G' D'
              = (1 - beta1) / beta1 * third_term d alpha beta1 beta2 lam G' D').
  { unfold third_term_appendix, third_term. rewrite !sum_const. field. lra. }
  rewrite E. set (B := third_term _ _ _ _ _ _ _).
  assert (HB : 0 <= B) by (apply third_term_nonneg; lra).
  set (A := first_term _ _ _ _ _ _ _ _ _) in *. set (Q := second_term _ _ _ _ _ _ _ _) in *.
  clearbody A Q B.
  replace (K / beta1 * (A + Q + B)) with (K * ((A + Q) / beta1 + B / beta1)) by (field; lra).
  replace ((1 - beta1) / beta1 * B) with (B / beta1 - B) by (field; lra).
  apply Rmult_le_compat_l; [lra|].
  assert (A + Q <= (A + Q) / beta1); [|lra].
  apply Rmult_le_reg_r with beta1; [lra|]. field_simplify; [nra | lra].
Qed.

(** ** The right-hand side is of the order sqrt T, and large *)

(** The corrected second moment is a mean of squares. *)
Lemma second_moment_le alpha beta1 beta2 lam theta1 g G n :
  0 <= beta2 < 1 -> (forall t, (1 <= t <= n)%nat -> Rabs (g t) <= G) ->
  snd (state (adam_4 alpha beta1 beta2 lam theta1 g n)) <= G ^ 2 * (1 - beta2 ^ n).
Proof.
  intros Hb. unfold adam_4. induction n as [|n IH]; intros Hg; [simpl; lra|].
  specialize (IH (fun t Ht => Hg t ltac:(lia))).
  assert (P := pow_maj_Rabs _ _ 2 (Hg (S n) ltac:(lia))). simpl run.
  destruct (run _ free theta1 (0, 0) g n) as [[x y] [m v]].
  unfold state in *. simpl in *. nra.
Qed.

Lemma root_v_hat_le d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta i :
  setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta -> (1 <= i <= d)%nat ->
  sqrt (INR T * v_hat alpha beta1 beta2 lam grad theta T i) <= G_inf * sqrt (INR T).
Proof.
  intros HS Hi. assert (HG := G_inf_nonneg _ _ _ _ _ _ _ _ _ _ _ _ _ HS). destruct HS.
  replace (G_inf * sqrt (INR T)) with (sqrt (G_inf ^ 2 * INR T))
    by (rewrite sqrt_mult, sqrt_pow2; auto using pow2_ge_0, pos_INR).
  apply sqrt_le_1_alt. rewrite Rmult_comm. apply Rmult_le_compat_r; [apply pos_INR|].
  assert (P := pow_lt_1 beta2 T ltac:(lra) some_rounds0).
  unfold v_hat. apply Rmult_le_reg_r with (1 - beta2 ^ T); [lra|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply second_moment_le; [lra|]. intros t Ht. apply gradients_bounded_inf0; assumption.
Qed.

Lemma history_norm_le d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta i :
  setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta -> (1 <= i <= d)%nat ->
  history_norm grad theta T i <= G_inf * sqrt (INR T).
Proof.
  intros HS Hi. assert (HG := G_inf_nonneg _ _ _ _ _ _ _ _ _ _ _ _ _ HS). destruct HS.
  replace (G_inf * sqrt (INR T)) with (sqrt (G_inf ^ 2 * INR T))
    by (rewrite sqrt_mult, sqrt_pow2; auto using pow2_ge_0, pos_INR).
  apply sqrt_le_1_alt. rewrite Rmult_comm, <- sum_const. apply sum_le. intros t Ht.
  apply pow_maj_Rabs, gradients_bounded_inf0; assumption.
Qed.

(** The right-hand side of Theorem 4.1 is at most M sqrt T, where M does not depend on the losses,
    the points and T. *)
Lemma right_hand_side_order d alpha beta1 beta2 lam G_inf D D_inf :
  exists M, forall G f grad theta T,
  setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta ->
  right_hand_side d T alpha beta1 beta2 lam G_inf D D_inf grad theta <= M * sqrt (INR T).
Proof.
  set (third := third_term d alpha beta1 beta2 lam G_inf D_inf).
  set (a := D ^ 2 / (2 * alpha * (1 - beta1))).
  set (b := alpha * (1 + beta1) * G_inf
            / ((1 - beta1) * sqrt (1 - beta2) * (1 - gamma beta1 beta2) ^ 2)).
  exists ((a + b) * (INR d * G_inf) + third). intros G f grad theta T HS.
  assert (HG := G_inf_nonneg _ _ _ _ _ _ _ _ _ _ _ _ _ HS).
  assert (H := HS). destruct H.
  assert (Ha : 0 <= a).
  { apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; nra]. }
  assert (Hb : 0 <= b).
  { apply Rmult_le_pos; [repeat apply Rmult_le_pos; lra|]. left. apply Rinv_0_lt_compat.
    apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [|apply sqrt_lt_R0] | apply pow_lt]; lra. }
  assert (Hthird : 0 <= third) by (apply third_term_nonneg; lra).
  assert (Hroot : 1 <= sqrt (INR T)).
  { rewrite <- sqrt_1. apply sqrt_le_1_alt. apply (le_INR 1 T some_rounds0). }
  assert (H1 : \sum_(i <= d) sqrt (INR T * v_hat alpha beta1 beta2 lam grad theta T i)
               <= INR d * (G_inf * sqrt (INR T))).
  { rewrite <- sum_const. apply sum_le. intros i Hi. eapply root_v_hat_le; eassumption. }
  assert (H2 : \sum_(i <= d) history_norm grad theta T i <= INR d * (G_inf * sqrt (INR T))).
  { rewrite <- sum_const. apply sum_le. intros i Hi. eapply history_norm_le; eassumption. }
  apply (Rmult_le_compat_l a) in H1; [|exact Ha]. apply (Rmult_le_compat_l b) in H2; [|exact Hb].
  unfold right_hand_side, first_term, second_term. fold third a b. nra.
Qed.

(** Corollary 4.2: "Adam achieves the following guarantee, for all T >= 1: R(T) / T =
    O(1 / sqrt T)", under the hypotheses of the theorem. *)
Definition Corollary_4_2 : Prop :=
  forall d alpha beta1 beta2 lam G G_inf D D_inf f grad theta X,
  (forall T, (1 <= T)%nat ->
     setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta) ->
  exists M, forall T theta_star, (1 <= T)%nat -> minimiser X f T theta_star ->
  regret f theta theta_star T / INR T <= M / sqrt (INR T).

(** C70. "This result can be obtained by using Theorem 4.1 and [the sum of the || g_(1:T,i) ||_2 is
    at most d G_inf sqrt T]": the deduction is right. Wherever the inequality of the theorem holds,
    R(T) / T <= M / sqrt T, where M does not depend on the losses, the points and T. *)
Theorem corollary_4_2_would_follow :
  forall d alpha beta1 beta2 lam G_inf D D_inf,
  exists M, forall G f grad theta theta_star T,
  setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta ->
  regret f theta theta_star T
  <= right_hand_side d T alpha beta1 beta2 lam G_inf D D_inf grad theta ->
  regret f theta theta_star T / INR T <= M / sqrt (INR T).
Proof.
  intros d alpha beta1 beta2 lam G' D D'.
  destruct (right_hand_side_order d alpha beta1 beta2 lam G' D D') as [M HM].
  exists M. intros G f grad theta y T HS H. specialize (HM G f grad theta T HS).
  assert (Hpos := INR_pos T (some_rounds _ _ _ _ _ _ _ _ _ _ _ _ _ HS)).
  assert (Hs := sqrt_lt_R0 _ Hpos).
  apply Rmult_le_reg_r with (INR T); [exact Hpos|].
  replace (M / sqrt (INR T) * INR T) with (M * sqrt (INR T)).
  - unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. lra.
  - rewrite <- (sqrt_sqrt (INR T)) at 3 by lra. field. lra.
Qed.

(** C37. New: at the suggested lambda = 1 - 10^-8, the default alpha and betas and d = D = D_inf =
    G_inf = 1, the right-hand side of Theorem 4.1 is more than T, that is more than the trivial
    bound D G_inf T on a regret, for every T up to 1.58 10^18, whatever the gradients. *)
Theorem bound_vacuous_at_suggested_lambda :
  forall T grad theta, (1 <= T)%nat -> INR T <= 158 * 10 ^ 16 ->
  INR T < right_hand_side 1 T (1 / 1000) 0.9 0.999 (1 - / 10 ^ 8) 1 1 1 grad theta.
Proof.
  intros T grad theta HT Hmax. assert (Hg := gamma_at_the_defaults). unfold right_hand_side.
  assert (F := first_term_nonneg 1 T (1 / 1000) 0.9 0.999 (1 - / 10 ^ 8) 1 grad theta
                 ltac:(lra) ltac:(lra)).
  assert (S := second_term_nonneg 1 T (1 / 1000) 0.9 0.999 1 grad theta
                 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)).
  assert (Hroot : 0.0316 < sqrt (1 - 0.999)).
  { rewrite <- (sqrt_pow2 (0.0316)) by lra. apply sqrt_lt_1_alt. lra. }
  assert (E : third_term 1 (1 / 1000) 0.9 0.999 (1 - / 10 ^ 8) 1 1
              = sqrt (1 - 0.999) * (5 * 10 ^ 19)).
  { unfold third_term. cbn [sum].
    replace (2 * (1 / 1000) * (1 - 0.9) * (1 - (1 - / 10 ^ 8)) ^ 2) with (/ (5 * 10 ^ 19)) by lra.
    unfold Rdiv. rewrite Rinv_inv. ring. }
  rewrite E. lra.
Qed.

Lemma second_moment_unit alpha beta1 beta2 lam theta1 g n :
  (forall t, (1 <= t <= n)%nat -> Rabs (g t) = 1) ->
  snd (state (adam_4 alpha beta1 beta2 lam theta1 g n)) = 1 - beta2 ^ n.
Proof.
  unfold adam_4. induction n as [|n IH]; intros Hg; [simpl; ring|].
  specialize (IH (fun t Ht => Hg t ltac:(lia))).
  assert (P : g (S n) * g (S n) = 1).
  { assert (Q := pow2_abs (g (S n))). rewrite (Hg (S n)) in Q by lia. lra. }
  simpl run. destruct (run _ free theta1 (0, 0) g n) as [[x y] [m v]].
  unfold state in *. simpl in *. rewrite P, IH. ring.
Qed.

(** C37. Without its third term, and for gradients of size 1, the right-hand side is more than T
    for every T up to 2.5 10^7. *)
Theorem bound_vacuous_without_third_term :
  forall T grad theta, (1 <= T)%nat -> INR T <= 25 * 10 ^ 6 ->
  (forall t, (1 <= t <= T)%nat -> Rabs (grad t (theta t) 1%nat) = 1) ->
  INR T < first_term 1 T (1 / 1000) 0.9 0.999 (1 - / 10 ^ 8) 1 grad theta
          + second_term 1 T (1 / 1000) 0.9 0.999 1 grad theta.
Proof.
  intros T grad theta HT Hmax Hunit. assert (Hg := gamma_at_the_defaults).
  assert (Hpos := INR_pos T HT). assert (Hs := sqrt_lt_R0 _ Hpos).
  assert (Hroot : sqrt (INR T) <= 5000).
  { rewrite <- (sqrt_pow2 5000) by lra. apply sqrt_le_1_alt. lra. }
  assert (Hsq := sqrt_sqrt (INR T) ltac:(lra)).
  assert (Hv : v_hat (1 / 1000) 0.9 0.999 (1 - / 10 ^ 8) grad theta T 1 = 1).
  { unfold v_hat. rewrite second_moment_unit by exact Hunit. field.
    assert (P := pow_lt_1 0.999 T ltac:(lra) HT). lra. }
  assert (Hn : history_norm grad theta T 1 = sqrt (INR T)).
  { unfold history_norm. f_equal. rewrite <- (Rmult_1_r (INR T)), <- sum_const.
    apply sum_ext. intros t Ht. rewrite <- pow2_abs, Hunit by exact Ht. ring. }
  assert (F : first_term 1 T (1 / 1000) 0.9 0.999 (1 - / 10 ^ 8) 1 grad theta
              = 5000 * sqrt (INR T)).
  { unfold first_term. cbn [sum]. rewrite Hv, Rmult_1_r.
    replace (2 * (1 / 1000) * (1 - 0.9)) with (/ 5000) by lra.
    unfold Rdiv. rewrite Rinv_inv. ring. }
  assert (S : 0 < second_term 1 T (1 / 1000) 0.9 0.999 1 grad theta).
  { unfold second_term. cbn [sum]. rewrite Hn, Rplus_0_l.
    apply Rmult_lt_0_compat; [|exact Hs]. apply Rdiv_lt_0_compat; [lra|].
    apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [|apply sqrt_lt_R0] | apply pow_lt]; lra. }
  rewrite F. nra.
Qed.

(** ** A game with linear regret that meets every hypothesis *)

(** The losses of the chapter on counterexamples (C h(-x), h(x), h(x), ...) as functions of one
    coordinate. *)
Definition game_loss (C delta : R) : nat -> vector -> R :=
  fun t x => literal C delta t (x 1%nat).
Definition game_grad (C delta : R) : nat -> vector -> vector :=
  fun t x _ => literal_slope C delta t (x 1%nat).
Definition whole_space : vector -> Prop := fun _ => True.
Definition minus_1 : vector := fun _ => -1.

Lemma run_ext {State} (step : nat -> R -> R -> State -> R * R * State) project theta0 state0
    g g' n :
  (forall t, g t = g' t) ->
  run step project theta0 state0 g n = run step project theta0 state0 g' n.
Proof. intros H. induction n as [|n IH]; [reflexivity|]. simpl. rewrite IH, H. reflexivity. Qed.

Lemma game_differentiable C delta t x : 2 < C -> 0 < delta ->
  is_gradient 1 (game_loss C delta t) x (game_grad C delta t x).
Proof.
  intros HC Hd e He. assert (HL : 0 < C / delta) by (apply Rdiv_lt_0_compat; lra).
  exists (e / (C / delta)). split; [apply Rdiv_lt_0_compat; lra|].
  intros y. rewrite norm_1. unfold game_loss, game_grad, minus. simpl. rewrite Rplus_0_l. intros Hy.
  eapply Rle_trans; [apply literal_smooth; lra|]. rewrite <- pow2_abs.
  assert (HA := Rabs_pos (y 1%nat - x 1%nat)). set (a := Rabs _) in *. clearbody a.
  assert (C / delta * a <= e).
  { replace e with (C / delta * (e / (C / delta))) by (field; lra).
    apply Rmult_le_compat_l; lra. }
  nra.
Qed.

Lemma the_game C delta alpha beta2 lam :
  2 < C -> 0 < delta < 2 * C - 4 -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) -> 0 < lam < 1 ->
  let f := game_loss C delta in
  let grad := game_grad C delta in
  exists D theta X,
  (forall T, (1 <= T)%nat -> setting_4_1 1 T alpha 0 beta2 lam C C D D f grad theta) /\
  (forall T, granted 1 T alpha 0 beta2 lam D D grad theta X) /\
  (forall T, (1 <= T)%nat ->
     exists theta_star, X theta_star /\ minimiser whole_space f T theta_star) /\
  (forall T theta_star, \sum_(t <= T) f t theta_star <= \sum_(t <= T) f t minus_1 ->
     (2 * C - 4 - delta) * INR (T / 3) <= regret f theta theta_star T) /\
  X minus_1.
Proof.
  intros HC Hd Ha Hb Hl f grad. assert (Hb' := beta2_below_1 C beta2 HC Hb).
  set (step := fun s => adam_decayed_beta1 (alpha / sqrt (INR s)) 0 beta2 lam 0 s).
  destruct (closed_loop step free 1 (0, 0) (literal_slope C delta)) as [g Hg].
  set (x := fun n => point (run step free 1 (0, 0) g n)).
  set (theta := fun t (_ : nat) => x (t - 1)%nat : R).
  assert (Hplays := adam_decayed_beta1_plays free alpha beta2 lam 1 g).
  assert (Hgx : forall n, g (S n) = literal_slope C delta (S n) (x n)).
  { intros n. rewrite Hg. cbn [Nat.sub]. rewrite Nat.sub_0_r. reflexivity. }
  destruct (literal_played C delta alpha beta2 (corrected beta2) _ _ g HC Hd Ha Hb
              (fun t Ht => conj (corrected_pos _ t Hb' Ht) (corrected_le_1 _ t Hb'))
              (fun t _ => corrected_mono _ t Hb') eq_refl Hplays Hgx) as (_ & Hreg & Hin & Hv).
  set (s := alpha / sqrt (1 - beta2)) in Hin.
  change (forall n, 1 - s <= x n <= 1 + delta + s) in Hin.
  assert (Hs : 0 < s) by (apply Rdiv_lt_0_compat; [|apply sqrt_lt_R0]; lra).
  assert (Hrun : forall t i, adam_4 alpha 0 beta2 lam (theta 1%nat i)
                               (fun s => grad s (theta s) i) t
                             = run step free 1 (0, 0) g t).
  { intros t i. unfold adam_4. change (theta 1%nat i) with 1. apply run_ext.
    intros u. symmetry. apply Hg. }
  clearbody s. exists (2 + 2 * delta + 2 * s), theta, (interval (-1 - delta - s) (1 + delta + s)).
  split; [|split; [|split; [|split]]].
  - intros T HT. constructor; auto; try lra.
    + intros t _ y z a Ha1. apply literal_convex; lra.
    + intros t y _. apply game_differentiable; lra.
    + intros t y _. rewrite norm_1. apply literal_slope_size. lra.
    + intros t y i _ _. apply literal_slope_size. lra.
    + intros m n _ _. rewrite norm_1. unfold minus, theta.
      assert (A := Hin (m - 1)%nat). assert (B := Hin (n - 1)%nat).
      apply Rabs_le. lra.
    + intros m n i _ _ _. unfold theta.
      assert (A := Hin (m - 1)%nat). assert (B := Hin (n - 1)%nat).
      apply Rabs_le. lra.
    + intros t i _ _. rewrite Hrun. reflexivity.
    + unfold gamma, Rdiv. simpl. lra.
  - intros T. constructor.
    + apply interval_is_box.
    + unfold interval. intros x1 x2 H1 H2. rewrite norm_1. unfold minus. apply Rabs_le. lra.
    + unfold interval. intros x1 x2 i H1 H2 Hi. replace i with 1%nat by lia. apply Rabs_le. lra.
    + intros t _. unfold interval, theta. assert (A := Hin (t - 1)%nat). lra.
    + intros t i Ht _. unfold v_hat. rewrite Hrun. apply Rdiv_lt_0_compat.
      * destruct t as [|t]; [lia|]. apply Hv.
      * apply (corrected_pos beta2 t Hb'). lia.
  - intros T HT. destruct (literal_minimiser C delta T HC ltac:(lra) HT) as (y & Hy & Hmin).
    exists (fun _ => y). split; [unfold interval; lra|]. split; [exact I|]. intros z _. apply Hmin.
  - intros T y Hy. eapply Rle_trans; [apply Hreg|]. unfold regret.
    rewrite !sum_minus. apply Rplus_le_compat; [apply Req_le; reflexivity|].
    apply Ropp_le_contravar, Hy.
  - unfold interval, minus_1. lra.
Qed.

(** C33. No constant factor saves Theorem 4.1. On one game - one sequence of losses, one choice of
    hyper-parameters (any C > 2, delta < 2 C - 4, alpha, lambda), one D and one box X for all T -
    every hypothesis of the theorem and everything in [granted] holds at every T, with a theta_star
    in X that is a minimiser even on the whole line; and whatever K, from some T0 on the regret is
    more than K times the right-hand side for ever (against the best point of X, or of any set Y
    that contains -1). *)
Theorem no_multiple_of_the_bound_holds :
  forall C delta alpha beta2 lam,
  2 < C -> 0 < delta < 2 * C - 4 -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) -> 0 < lam < 1 ->
  let f := game_loss C delta in
  let grad := game_grad C delta in
  exists D theta X, X minus_1 /\
  (forall T, (1 <= T)%nat ->
     setting_4_1 1 T alpha 0 beta2 lam C C D D f grad theta /\
     granted 1 T alpha 0 beta2 lam D D grad theta X /\
     exists theta_star, X theta_star /\ minimiser whole_space f T theta_star) /\
  (forall K, 0 < K -> exists T0, (1 <= T0)%nat /\
     forall T (Y : vector -> Prop) theta_star,
     (T0 <= T)%nat -> Y minus_1 -> minimiser Y f T theta_star ->
     K * right_hand_side 1 T alpha 0 beta2 lam C D D grad theta < regret f theta theta_star T).
Proof.
  intros C delta alpha beta2 lam HC Hd Ha Hb Hl f grad.
  destruct (the_game C delta alpha beta2 lam HC Hd Ha Hb Hl)
    as (D & theta & X & HS & HG & HM & HR & HX).
  fold f grad in HS, HG, HM, HR. exists D, theta, X. split; [exact HX|]. split; [auto|].
  intros K HK.
  destruct (right_hand_side_order 1 alpha 0 beta2 lam C D D) as [A HA].
  destruct (linear_exceeds_root (2 * C - 4 - delta) (K * A)) as (T0 & HT0 & Hroot); [lra|].
  exists T0. split; [exact HT0|]. intros T Y y HT HY [_ Hy].
  specialize (HR _ _ (Hy _ HY)). specialize (Hroot T HT).
  specialize (HA _ _ _ _ _ (HS T ltac:(lia))).
  apply Rmult_le_compat_l with (r := K) in HA; [|lra]. lra.
Qed.

(** For every beta2 < 1/5 there is such a game. *)
Lemma game_of_beta2 beta2 : 0 < beta2 < 1 / 5 -> exists C, 2 < C /\ beta2 = 1 / (1 + C ^ 2).
Proof.
  intros Hb. exists (sqrt (1 / beta2 - 1)).
  assert (Hinv : 5 < 1 / beta2).
  { apply Rmult_lt_reg_r with beta2; [lra|]. field_simplify; lra. }
  split.
  - rewrite <- (sqrt_pow2 2) by lra. apply sqrt_lt_1_alt; lra.
  - simpl. rewrite Rmult_1_r, sqrt_sqrt by lra. field. lra.
Qed.

(** C33. In the form of the theorem: with everything granted, for every beta2 < 1/5, lambda and K,
    false at every T that is large enough. *)
Theorem theorem_4_1_granted_refuted :
  forall beta2 lam K, 0 < beta2 < 1 / 5 -> 0 < lam < 1 -> 0 < K ->
  exists T0, forall T, (T0 <= T)%nat -> ~ Theorem_4_1_granted 0 beta2 lam T K.
Proof.
  intros beta2 lam K Hb Hl HK. destruct (game_of_beta2 beta2 Hb) as (C & HC & Hbeta).
  destruct (no_multiple_of_the_bound_holds C (C - 2) 1 beta2 lam) as (D & theta & X & HX & HS & HR);
    try lra.
  destruct (HR K HK) as (T0 & HT0 & Hlt). exists T0. intros T HT H.
  destruct (HS T ltac:(lia)) as (HS' & HG & y & Hy & _ & Hmin).
  assert (HM : minimiser X (game_loss C (C - 2)) T y)
    by (split; [exact Hy | intros; apply Hmin, I]).
  specialize (H _ _ _ _ _ _ _ _ _ _ _ HS' HG HM). specialize (Hlt T X y HT HX HM). lra.
Qed.

(** "Thus, lim R(T) / T = 0", of which this is the half that the corollary gives: R(T) / T is in the
    end at most e, whatever e > 0. *)
Definition Corollary_4_2_limit : Prop :=
  forall d alpha beta1 beta2 lam G G_inf D D_inf f grad theta X,
  (forall T, (1 <= T)%nat ->
     setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta) ->
  forall e, 0 < e -> exists N, forall T theta_star, (1 <= T)%nat -> (N <= T)%nat ->
  minimiser X f T theta_star -> regret f theta theta_star T / INR T <= e.

(** The same at given betas and lambda, with everything granted. *)
Definition Corollary_4_2_limit_granted (beta1 beta2 lam : R) : Prop :=
  forall d alpha G G_inf D D_inf f grad theta X,
  (forall T, (1 <= T)%nat ->
     setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta /\
     granted d T alpha beta1 beta2 lam D D_inf grad theta X) ->
  forall e, 0 < e -> exists N, forall T theta_star, (1 <= T)%nat -> (N <= T)%nat ->
  minimiser X f T theta_star -> regret f theta theta_star T / INR T <= e.

(** C34, C58. The corollary, and with it "Adam has O(sqrt T) regret", refuted: C = 3, delta = 1,
    alpha = 1, beta1 = 0, beta2 = 1/10. *)
Theorem corollary_4_2_refuted : ~ Corollary_4_2.
Proof.
  intros H.
  destruct (the_game 3 1 1 (1 / 10) (1 / 2)) as (D & theta & X & HS & _ & HE & HR & _); try lra.
  destruct (H _ _ _ _ _ _ _ _ _ _ _ _ whole_space HS) as [M HM].
  destruct (linear_exceeds_root 1 M) as (T & HT & Hroot); [lra|].
  specialize (Hroot T (le_n T)). destruct (HE T HT) as (y & _ & Hy).
  specialize (HM _ _ HT Hy). specialize (HR T y (proj2 Hy _ I)).
  assert (Hpos := INR_pos _ HT). assert (Hs := sqrt_lt_R0 _ Hpos).
  apply Rmult_le_compat_r with (r := INR T) in HM; [|lra].
  replace (M / sqrt (INR T) * INR T) with (M * sqrt (INR T)) in HM.
  - unfold Rdiv in HM. rewrite Rmult_assoc, Rinv_l, Rmult_1_r in HM by lra. lra.
  - rewrite <- (sqrt_sqrt (INR T)) at 3 by lra. field. lra.
Qed.

(** C34, C58. So is its limit, with everything granted, for every beta2 < 1/5 and lambda: R(T) / T
    is at least (C - 2) / 3 at every T = 3, 6, 9, ..., where beta2 = 1 / (1 + C^2). *)
Theorem corollary_4_2_limit_granted_refuted :
  forall beta2 lam, 0 < beta2 < 1 / 5 -> 0 < lam < 1 -> ~ Corollary_4_2_limit_granted 0 beta2 lam.
Proof.
  intros beta2 lam Hb Hl H. destruct (game_of_beta2 beta2 Hb) as (C & HC & Hbeta).
  destruct (the_game C (C - 2) 1 beta2 lam) as (D & theta & X & HS & HG & HE & HR & HX); try lra.
  assert (HSG := fun T HT => conj (HS T HT) (HG T)).
  destruct (H _ _ _ _ _ _ _ _ _ _ HSG ((C - 2) / 4)) as [N HN]; [lra|].
  set (k := S N). assert (Hk3 : (1 <= 3 * k)%nat) by lia.
  destruct (HE (3 * k)%nat Hk3) as (y & Hy & _ & Hmin).
  specialize (HN _ y Hk3 ltac:(lia) (conj Hy (fun z _ => Hmin z I))).
  specialize (HR (3 * k)%nat y (Hmin _ I)).
  rewrite Nat.mul_comm, Nat.div_mul, Nat.mul_comm in HR by lia.
  assert (Hpos := INR_pos _ Hk3).
  apply Rmult_le_compat_r with (r := INR (3 * k)) in HN; [|lra].
  unfold Rdiv in HN. rewrite (Rmult_assoc _ (/ INR _)), Rinv_l, Rmult_1_r in HN by lra.
  rewrite mult_INR in *. replace (INR 3) with 3 in * by (simpl; ring).
  assert (Hk : 0 < INR k) by lra. nra.
Qed.

(** C34. So the limit as printed is refuted. *)
Theorem corollary_4_2_limit_refuted : ~ Corollary_4_2_limit.
Proof.
  intros H. apply (corollary_4_2_limit_granted_refuted (1 / 10) (1 / 2)); [lra | lra |].
  intros d alpha G G' D D' f grad theta X HS.
  apply (H d alpha 0 (1 / 10) (1 / 2) G G' D D' f grad theta X).
  intros T HT. apply HS, HT.
Qed.
