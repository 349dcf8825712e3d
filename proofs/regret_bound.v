(** The regret bound of section 4: Theorem 4.1 as it is printed, and that it is false: in a single
    round, at whatever betas, and, by a game with linear regret, for every multiple of its
    right-hand side; with it Corollary 4.2. *)
From Coq Require Import Reals Lra Lia Psatz.
From Adamlab Require Import sums setting rules.
Open Scope R_scope.

(** ** The words of section 4 *)

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

(** Everything that Theorem 4.1 assumes, in its order. The points are theta 1, ..., theta T; g_t is
    the gradient of f_t at theta_t. *)
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

(** sqrt (v_hat_(T,i)) is the root of: *)
Definition v_hat alpha beta1 beta2 lam (grad : nat -> vector -> vector) (theta : nat -> vector)
    (T i : nat) : R :=
  snd (state (adam_4 alpha beta1 beta2 lam (theta 1%nat i) (fun s => grad s (theta s) i) T))
  / (1 - beta2 ^ T).

(** || g_(1:T,i) ||_2. *)
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

(** What may be granted to it besides: that X is convex and contains the points played, that
    theta_star is within the distances too, and that nothing is ever divided by 0. *)
Record granted (d T : nat) (alpha beta1 beta2 lam D D_inf : R)
    (grad : nat -> vector -> vector) (theta : nat -> vector) (X : vector -> Prop)
    (theta_star : vector) : Prop := {
  X_convex : forall x y a, X x -> X y -> 0 <= a <= 1 -> X (fun i => a * x i + (1 - a) * y i);
  played_in_X : forall t, (1 <= t <= T)%nat -> X (theta t);
  theta_star_near : forall t, (1 <= t <= T)%nat -> norm d (minus (theta t) theta_star) <= D;
  theta_star_near_inf :
    forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat ->
    Rabs (theta t i - theta_star i) <= D_inf;
  no_division_by_0 :
    forall t i, (1 <= t <= T)%nat -> (1 <= i <= d)%nat ->
    0 < v_hat alpha beta1 beta2 lam grad theta t i
}.

(** The theorem at given betas and lambda, for T rounds, all that granted, and its right-hand side
    multiplied by K. *)
Definition Theorem_4_1_granted (beta1 beta2 lam : R) (T : nat) (K : R) : Prop :=
  forall d alpha G G_inf D D_inf f grad theta X theta_star,
  setting_4_1 d T alpha beta1 beta2 lam G G_inf D D_inf f grad theta ->
  minimiser X f T theta_star ->
  granted d T alpha beta1 beta2 lam D D_inf grad theta X theta_star ->
  regret f theta theta_star T
  <= K * right_hand_side d T alpha beta1 beta2 lam G_inf D D_inf grad theta.

Lemma printed_implies_granted beta1 beta2 lam T :
  Theorem_4_1 -> Theorem_4_1_granted beta1 beta2 lam T 1.
Proof. intros H d alpha G G' D D' f grad theta X y HS HX _. rewrite Rmult_1_l. eauto. Qed.

(** ** One coordinate *)

Lemma norm_1 x : norm 1 x = Rabs (x 1%nat).
Proof.
  unfold norm; simpl. rewrite Rplus_0_l, Rmult_1_r. apply sqrt_Rsqr_abs.
Qed.

(** ** One round: f_1(x) = c x on [0, 1], from 1 *)

Definition slope_c (c : R) : nat -> vector -> R := fun _ x => c * x 1%nat.
Definition grad_c (c : R) : nat -> vector -> vector := fun _ _ _ => c.
Definition at_1 : nat -> vector := fun _ _ => 1.
Definition unit_interval (x : vector) : Prop := 0 <= x 1%nat <= 1.
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
  /\ minimiser unit_interval (slope_c c) 1 zero
  /\ granted 1 1 alpha beta1 beta2 lam 1 1 (grad_c c) at_1 unit_interval zero
  /\ regret (slope_c c) at_1 zero 1 = c.
Proof.
  intros Hc Ha H1 H2 Hl Hg. split; [constructor; auto|split; [|split; [constructor|]]].
  - intros t _ x y a _. unfold slope_c. lra.
  - intros t x _ e He. exists 1. split; [lra|]. intros y _. unfold slope_c, grad_c. simpl.
    replace (_ - _ - _) with 0 by ring. rewrite Rabs_R0.
    apply Rmult_le_pos; [lra | apply sqrt_pos].
  - intros. rewrite norm_1. unfold grad_c. rewrite Rabs_pos_eq; lra.
  - intros. unfold grad_c. rewrite Rabs_pos_eq; lra.
  - intros. rewrite norm_1. unfold minus, at_1. rewrite Rminus_eq_0, Rabs_R0. lra.
  - intros. unfold at_1. rewrite Rminus_eq_0, Rabs_R0. lra.
  - intros t i Ht _. replace (t - 1)%nat with 0%nat by lia. reflexivity.
  - split; [unfold unit_interval, zero; lra|]. intros z [Hz _]. unfold slope_c, zero. simpl.
    assert (0 <= c * z 1%nat) by (apply Rmult_le_pos; lra). lra.
  - unfold unit_interval. intros. nra.
  - unfold unit_interval, at_1. intros. lra.
  - intros. rewrite norm_1. unfold minus, at_1, zero. rewrite Rminus_0_r, Rabs_R1. lra.
  - intros. unfold at_1, zero. rewrite Rminus_0_r, Rabs_R1. lra.
  - intros t i Ht _. replace t with 1%nat by lia.
    rewrite one_round_v_hat by lra. apply pow_lt; assumption.
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

(** C33. Theorem 4.1, refuted in one round. One coordinate, f_1(theta) = theta / 100 on [0, 1],
    theta_1 = 1, alpha = 2, beta1 = 0, beta2 = 3/4, lambda = 1/2, D = D_inf = 1 (also to
    theta_star = 0), G = G_inf = 1/100: the regret is 0.0100, the right-hand side 0.0079. *)
Theorem theorem_4_1_in_numbers :
  setting_4_1 1 1 2 0 (3 / 4) (1 / 2) (1 / 100) (1 / 100) 1 1
    (slope_c (1 / 100)) (grad_c (1 / 100)) at_1
  /\ minimiser unit_interval (slope_c (1 / 100)) 1 zero
  /\ granted 1 1 2 0 (3 / 4) (1 / 2) 1 1 (grad_c (1 / 100)) at_1 unit_interval zero
  /\ regret (slope_c (1 / 100)) at_1 zero 1 = 100 / 10000
  /\ right_hand_side 1 1 2 0 (3 / 4) (1 / 2) (1 / 100) 1 1 (grad_c (1 / 100)) at_1 = 79 / 10000.
Proof.
  assert (Hg : gamma 0 (3 / 4) = 0) by (unfold gamma, Rdiv; simpl; ring).
  destruct (one_round_setting 2 0 (3 / 4) (1 / 2) (1 / 100)) as (HS & HM & HG & HR); try lra.
  repeat (split; [assumption|]). split; [rewrite HR; lra|].
  rewrite one_round_right_hand_side, Hg by lra.
  replace (sqrt (1 - 3 / 4)) with (1 / 2); [field|].
  symmetry. replace (1 - 3 / 4) with ((1 / 2) ^ 2) by lra. apply sqrt_pow2. lra.
Qed.

(** C33. The theorem as printed, refuted. *)
Theorem theorem_4_1_refuted : ~ Theorem_4_1.
Proof.
  intros H. destruct theorem_4_1_in_numbers as (HS & HM & _ & HR & HB).
  specialize (H _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ HS HM). lra.
Qed.

(** C33. It is false at all betas and lambdas that it admits (the defaults among them), in one
    round, whatever is granted to it, and for every multiple K of its right-hand side: the second
    term is quadratic in the size of the losses, and the others fall with alpha. *)
Theorem theorem_4_1_refuted_at_all_betas :
  forall beta1 beta2 lam K, 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 ->
  gamma beta1 beta2 < 1 -> 0 < K ->
  ~ Theorem_4_1_granted beta1 beta2 lam 1 K.
Proof.
  intros beta1 beta2 lam K H1 H2 Hl Hg HK H.
  set (s := sqrt (1 - beta2)).
  assert (Hs : 0 < s) by (apply sqrt_lt_R0; lra).
  set (P := (1 + s / (1 - lam) ^ 2) / (2 * (1 - beta1))).
  set (Q := (1 + beta1) / ((1 - beta1) * s * (1 - gamma beta1 beta2) ^ 2)).
  assert (HP : 0 < P).
  { apply Rdiv_lt_0_compat; [|lra].
    assert (0 < s / (1 - lam) ^ 2) by (apply Rdiv_lt_0_compat; [|apply pow_lt]; lra). lra. }
  assert (HQ : 0 < Q).
  { apply Rdiv_lt_0_compat; [lra|].
    apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat | apply pow_lt]; lra. }
  set (alpha := 4 * (K * P)). set (c := 1 / (4 * (K * Q * alpha))).
  assert (Ha : 0 < alpha).
  { assert (0 < K * P) by (apply Rmult_lt_0_compat; lra). unfold alpha. lra. }
  assert (Hc : 0 < c).
  { assert (0 < K * Q * alpha) by (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra).
    apply Rdiv_lt_0_compat; lra. }
  destruct (one_round_setting alpha beta1 beta2 lam c) as (HS & HM & HG & HR); try assumption.
  specialize (H _ _ _ _ _ _ _ _ _ _ _ HS HM HG).
  rewrite HR, one_round_right_hand_side in H by lra. fold s in H.
  assert (E : c / (2 * alpha * (1 - beta1))
    + alpha * (1 + beta1) * c ^ 2 / ((1 - beta1) * s * (1 - gamma beta1 beta2) ^ 2)
    + c * s / (2 * alpha * (1 - beta1) * (1 - lam) ^ 2) = c * (P / alpha + Q * alpha * c)).
  { unfold P, Q. field. repeat split; lra. }
  rewrite E in H.
  replace (K * (c * (P / alpha + Q * alpha * c))) with (c / 2) in H; [lra|].
  replace (P / alpha) with (1 / (4 * K)) by (unfold alpha; field; lra).
  replace (Q * alpha * c) with (1 / (4 * K)) by (unfold c; field; lra). field. lra.
Qed.
