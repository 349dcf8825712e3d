(** The regret bound of section 4: Theorem 4.1 as it is printed, and that it is false: in a single
    round at all betas; after one loud round and silence; and, by a game with linear regret, for
    every multiple of its right-hand side; with it Corollary 4.2. *)
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

(** "theta* = arg min over X of f_1 + ... + f_T": y is such a point. *)
Definition minimiser (X : vector -> Prop) (f : nat -> vector -> R) (T : nat) (y : vector) : Prop :=
  X y /\ forall z, X z -> \sum_(t <= T) f t y <= \sum_(t <= T) f t z.

(** Adam as section 4 and its proof in the appendix have it: alpha_t = alpha / sqrt t,
    beta_(1,t) = beta1 lam^(t-1), eps = 0, no projection; one coordinate, from theta1 and with the
    gradients g 1, g 2, ..., after t rounds. *)
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

(** Theorem 4.1 as printed: "... Adam achieves the following guarantee, for all T >= 1". X is any
    set: the paper says no more of it than that theta* minimises on it. *)
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

(** The theorem as printed would imply it: what refutes it at one T, with K = 1, refutes both. *)
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

(** C33. Nor is it that D leaves out where the step leads: with alpha = 1, beta2 = 99/100 it leads
    to theta_2 = 0, which is theta_star. So all three are in X = [0, 1] and within D = D_inf = 1 of
    each other, and still the regret is 0.0100, the right-hand side 0.0080. *)
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
    large, and theta_2 is out of X; but the paper's D is about theta_1, ..., theta_T only. The two
    games below, one of them at the default betas, have one D for all points.) *)
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

(** ** One loud round, then silence: one D for all points, also at the default betas *)

(** f_1(theta) = c theta; all other losses are 0. *)
Definition once (c : R) (t : nat) : R := if (t =? 1)%nat then c else 0.
Definition once_loss (c : R) : nat -> vector -> R := fun t x => once c t * x 1%nat.
Definition once_grad (c : R) : nat -> vector -> vector := fun t _ _ => once c t.

Lemma pow_below_linear b n : 0 < b < 1 -> 1 - b ^ n <= INR n * (1 - b).
Proof.
  intros Hb. induction n as [|n IH]; [simpl; lra|]. rewrite S_INR. simpl.
  assert (P := pow_le b n ltac:(lra)). assert (P1 : b ^ n <= 1) by (apply pow_le_1; lra). nra.
Qed.

(** The steps after the loud round are at most q^n, q = beta1 lambda / sqrt beta2. *)
Lemma echo_step beta1 beta2 lam c n m v :
  0 < c -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 ->
  0 <= m <= (1 - beta1) * c * (beta1 * lam) ^ n -> v = (1 - beta2) * c ^ 2 * beta2 ^ n ->
  0 <= 1 / sqrt (INR (S n)) * (m / (1 - beta1 ^ S n) / (sqrt (v / (1 - beta2 ^ S n)) + 0))
    <= (beta1 * lam / sqrt beta2) ^ n.
Proof.
  intros Hc H1 H2 Hl Hm Hv. rewrite Rplus_0_r.
  assert (HN := INR_pos (S n) ltac:(lia)). assert (HsN := sqrt_lt_R0 _ HN).
  assert (HN2 := sqrt_sqrt (INR (S n)) ltac:(lra)).
  assert (Hb : 0 < sqrt beta2) by (apply sqrt_lt_R0; lra).
  assert (Hbn : 0 < sqrt beta2 ^ n) by (apply pow_lt, Hb).
  assert (Hbb : (sqrt beta2 ^ n) ^ 2 = beta2 ^ n).
  { rewrite <- pow_mult, Nat.mul_comm, pow_mult, pow2_sqrt by lra. reflexivity. }
  assert (P1 : 0 < 1 - beta1 ^ S n) by (assert (P := pow_lt_1 beta1 (S n) H1 ltac:(lia)); lra).
  assert (P1' : 1 - beta1 <= 1 - beta1 ^ S n).
  { simpl. assert (P : beta1 ^ n <= 1) by (apply pow_le_1; lra). nra. }
  assert (P2 : 0 < 1 - beta2 ^ S n)
    by (assert (P := pow_lt_1 beta2 (S n) ltac:(lra) ltac:(lia)); lra).
  assert (P2' := pow_below_linear beta2 (S n) H2).
  assert (Hq : (beta1 * lam / sqrt beta2) ^ n * sqrt beta2 ^ n = (beta1 * lam) ^ n).
  { rewrite <- Rpow_mult_distr. f_equal. field. lra. }
  set (N := sqrt (INR (S n))) in *. set (B := sqrt beta2 ^ n) in *.
  set (Q := (beta1 * lam / sqrt beta2) ^ n) in *. set (L := (beta1 * lam) ^ n) in *.
  assert (HM : 0 <= m / (1 - beta1 ^ S n) <= c * L).
  { split; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]|].
    apply Rmult_le_reg_r with (1 - beta1 ^ S n); [lra|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    assert (0 <= c * L) by nra. nra. }
  assert (HW : c * B / N <= sqrt (v / (1 - beta2 ^ S n))).
  { assert (H0 : 0 <= c * B / N) by (left; apply Rdiv_lt_0_compat; nra).
    rewrite <- (sqrt_pow2 (c * B / N)) by exact H0. apply sqrt_le_1_alt.
    replace ((c * B / N) ^ 2) with (c ^ 2 * B ^ 2 / (N * N)) by (field; lra).
    rewrite HN2, Hbb, Hv.
    assert (HA : 0 < c ^ 2 * beta2 ^ n) by (apply Rmult_lt_0_compat; apply pow_lt; lra).
    apply Rmult_le_reg_r with (INR (S n) * (1 - beta2 ^ S n)); [apply Rmult_lt_0_compat; lra|].
    replace (c ^ 2 * beta2 ^ n / INR (S n) * (INR (S n) * (1 - beta2 ^ S n)))
      with (c ^ 2 * beta2 ^ n * (1 - beta2 ^ S n)) by (field; lra).
    replace ((1 - beta2) * c ^ 2 * beta2 ^ n / (1 - beta2 ^ S n)
             * (INR (S n) * (1 - beta2 ^ S n)))
      with (c ^ 2 * beta2 ^ n * (INR (S n) * (1 - beta2))) by (field; lra).
    apply Rmult_le_compat_l; lra. }
  set (M := m / (1 - beta1 ^ S n)) in *. set (W := sqrt (v / (1 - beta2 ^ S n))) in *.
  clearbody M W N B Q L.
  assert (HW0 : 0 < c * B / N) by (apply Rdiv_lt_0_compat; nra).
  split.
  - apply Rmult_le_pos; [left; apply Rdiv_lt_0_compat; lra|].
    apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
  - apply Rmult_le_reg_r with (N * W); [apply Rmult_lt_0_compat; lra|].
    replace (1 / N * (M / W) * (N * W)) with M by (field; lra).
    assert (HB : c * B <= N * W).
    { apply Rmult_le_compat_l with (r := N) in HW; [|lra].
      replace (N * (c * B / N)) with (c * B) in HW by (field; lra). exact HW. }
    assert (HQ : 0 <= Q).
    { destruct (Rle_lt_dec 0 Q) as [H|H]; [exact H|]. assert (Q * B < 0) by nra. nra. }
    apply Rle_trans with (Q * (c * B)); [nra | apply Rmult_le_compat_l; assumption].
Qed.

Lemma echo beta1 beta2 lam c theta1 n :
  0 < c -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 -> beta1 * lam < sqrt beta2 ->
  let q := beta1 * lam / sqrt beta2 in
  let r := adam_4 1 beta1 beta2 lam theta1 (once c) (S n) in
  0 <= fst (state r) <= (1 - beta1) * c * (beta1 * lam) ^ n /\
  snd (state r) = (1 - beta2) * c ^ 2 * beta2 ^ n /\
  theta1 - (1 - q ^ S n) / (1 - q) <= point r <= theta1.
Proof.
  intros Hc H1 H2 Hl Hq q. assert (Hb : 0 < sqrt beta2) by (apply sqrt_lt_R0; lra).
  assert (Hq1 : q < 1).
  { unfold q. apply Rmult_lt_reg_r with (sqrt beta2); [exact Hb|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  induction n as [|n IH].
  - intros r. assert (Hm0 : 0 <= (1 - beta1) * c <= (1 - beta1) * c * (beta1 * lam) ^ 0).
    { rewrite pow_O, Rmult_1_r. split; [apply Rmult_le_pos; lra | lra]. }
    assert (S1 := echo_step beta1 beta2 lam c 0 ((1 - beta1) * c) ((1 - beta2) * c ^ 2 * beta2 ^ 0)
                    Hc H1 H2 Hl Hm0 eq_refl).
    unfold r, adam_4. simpl run. unfold adam_decayed_beta1, ratio, once, point, state, free.
    cbn [fst snd Nat.eqb Nat.sub]. rewrite !pow_O.
    replace (beta1 * 1 * 0 + (1 - beta1 * 1) * c) with ((1 - beta1) * c) by ring.
    replace (beta2 * 0 + (1 - beta2) * (c * c)) with ((1 - beta2) * c ^ 2) by ring.
    replace ((1 - q ^ 1) / (1 - q)) with 1 by (field; lra).
    split; [rewrite pow_O in Hm0; exact Hm0|]. split; [ring|]. fold q in S1.
    rewrite !pow_O, Rmult_1_r in S1. change (INR 1) with 1 in S1.
    rewrite !pow_1 in S1. rewrite !Rmult_1_r. lra.
  - revert IH. cbv zeta. unfold adam_4. rewrite (run_S _ _ _ _ _ (S n)).
    set (r := run _ free theta1 (0, 0) (once c) (S n)). destruct r as [[x y] [m v]].
    unfold adam_decayed_beta1, ratio, once, point, state, free. cbn [fst snd Nat.eqb].
    replace (S (S n) - 1)%nat with (S n) by lia. intros (Hm & Hv & Hx).
    set (m' := beta1 * lam ^ S n * m + (1 - beta1 * lam ^ S n) * 0).
    set (v' := beta2 * v + (1 - beta2) * (0 * 0)).
    assert (Hm' : 0 <= m' <= (1 - beta1) * c * (beta1 * lam) ^ S n).
    { replace m' with (beta1 * lam ^ S n * m) by (unfold m'; ring).
      assert (P := pow_lt lam n ltac:(lra)). assert (P1 : lam ^ n <= 1) by (apply pow_le_1; lra).
      simpl. assert (0 <= beta1 * lam) by nra.
      split; [apply Rmult_le_pos; [nra | lra]|].
      apply Rle_trans with (beta1 * lam * m); [|nra].
      replace (beta1 * (lam * lam ^ n) * m) with (beta1 * lam * m * lam ^ n) by ring.
      assert (0 <= beta1 * lam * m) by nra. nra. }
    assert (Hv' : v' = (1 - beta2) * c ^ 2 * beta2 ^ S n) by (unfold v'; rewrite Hv; simpl; ring).
    assert (S1 := echo_step beta1 beta2 lam c (S n) m' v' Hc H1 H2 Hl Hm' Hv').
    split; [exact Hm'|]. split; [exact Hv'|]. fold q in S1.
    set (u := 1 / sqrt _ * _) in *. clearbody u.
    replace ((1 - q ^ S (S n)) / (1 - q)) with ((1 - q ^ S n) / (1 - q) + q ^ S n)
      by (simpl; field; lra).
    lra.
Qed.

Lemma sum_once c T (x : nat -> R) : (1 <= T)%nat -> \sum_(t <= T) once c t * x t = c * x 1%nat.
Proof.
  intros HT. destruct T as [|n]; [lia|]. rewrite sum_first. unfold once at 1. simpl Nat.eqb.
  rewrite (sum_ext _ (fun _ => 0)), sum_zero; [ring|].
  intros [|i] Hi; [lia|]. unfold once. simpl. ring.
Qed.

(** The game, from 1 / (1 - q), on the points from 0 to there. *)
Lemma echo_game beta1 beta2 lam c :
  0 < c -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 -> gamma beta1 beta2 < 1 ->
  beta1 * lam < sqrt beta2 ->
  let D := 1 / (1 - beta1 * lam / sqrt beta2) in
  let theta := fun t (_ : nat) => point (adam_4 1 beta1 beta2 lam D (once c) (t - 1)) in
  (forall T, (1 <= T)%nat ->
     setting_4_1 1 T 1 beta1 beta2 lam c c D D (once_loss c) (once_grad c) theta) /\
  (forall T, granted 1 T 1 beta1 beta2 lam D D (once_grad c) theta (interval 0 D)) /\
  (forall T, (1 <= T)%nat -> minimiser (interval 0 D) (once_loss c) T zero /\
     regret (once_loss c) theta zero T = c * D /\
     history_norm (once_grad c) theta T 1 = c /\
     v_hat 1 beta1 beta2 lam (once_grad c) theta T 1
     = (1 - beta2) * c ^ 2 * beta2 ^ (T - 1) / (1 - beta2 ^ T)).
Proof.
  intros Hc H1 H2 Hl Hg Hq. set (q := beta1 * lam / sqrt beta2). intros D theta.
  assert (Hb : 0 < sqrt beta2) by (apply sqrt_lt_R0; lra).
  assert (Hq0 : 0 <= q).
  { apply Rmult_le_pos; [nra | left; apply Rinv_0_lt_compat, Hb]. }
  assert (Hq1 : q < 1).
  { unfold q. apply Rmult_lt_reg_r with (sqrt beta2); [exact Hb|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  assert (HD : 0 < D) by (apply Rdiv_lt_0_compat; lra).
  assert (Hin : forall t i, 0 <= theta t i <= D).
  { intros t i. unfold theta. destruct (t - 1)%nat as [|n].
    - change (0 <= D <= D). lra.
    - destruct (echo beta1 beta2 lam c D n Hc H1 H2 Hl Hq) as (_ & _ & Hx). fold q in Hx.
      assert (P : 0 <= q ^ S n) by (apply pow_le, Hq0).
      assert ((1 - q ^ S n) / (1 - q) <= D); [|lra].
      apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra | lra]. }
  assert (Hv : forall n i, v_hat 1 beta1 beta2 lam (once_grad c) theta (S n) i
                           = (1 - beta2) * c ^ 2 * beta2 ^ n / (1 - beta2 ^ S n)).
  { intros n i. unfold v_hat. f_equal.
    exact (proj1 (proj2 (echo beta1 beta2 lam c D n Hc H1 H2 Hl Hq))). }
  assert (Hsize : forall t, 0 <= once c t <= c).
  { intros t. unfold once. destruct (t =? 1)%nat; lra. }
  split; [|split].
  - intros T HT. constructor; auto; try lra.
    + intros t _ x y a _. unfold once_loss. lra.
    + intros t x _ e He. exists 1. split; [lra|]. intros y _. unfold once_loss, once_grad. simpl.
      replace (_ - _ - _) with 0 by ring. rewrite Rabs_R0.
      apply Rmult_le_pos; [lra | apply sqrt_pos].
    + intros t x _. rewrite norm_1. unfold once_grad. assert (A := Hsize t). apply Rabs_le. lra.
    + intros t x i _ _. unfold once_grad. assert (A := Hsize t). apply Rabs_le. lra.
    + intros m n _ _. rewrite norm_1. unfold minus.
      assert (A := Hin m 1%nat). assert (B := Hin n 1%nat). apply Rabs_le. lra.
    + intros m n i _ _ _. assert (A := Hin m i). assert (B := Hin n i). apply Rabs_le. lra.
  - intros T. constructor.
    + apply interval_is_box.
    + unfold interval. intros x y Hx Hy. rewrite norm_1. unfold minus. apply Rabs_le. lra.
    + unfold interval. intros x y i Hx Hy Hi. replace i with 1%nat by lia. apply Rabs_le. lra.
    + intros t _. apply Hin.
    + intros [|n] i Ht _; [lia|]. rewrite Hv.
      assert (P := pow_lt_1 beta2 (S n) ltac:(lra) ltac:(lia)).
      apply Rdiv_lt_0_compat; [|lra]. repeat apply Rmult_lt_0_compat; try lra; apply pow_lt; lra.
  - intros T HT. split; [split|split; [|split]].
    + unfold interval, zero. lra.
    + intros z [Hz _]. unfold once_loss. rewrite !(sum_once c T (fun _ => _ : R)) by exact HT.
      unfold zero. nra.
    + unfold regret, once_loss. rewrite sum_minus.
      rewrite (sum_once c T (fun t => theta t 1%nat)) by exact HT.
      rewrite (sum_once c T (fun _ => zero 1%nat)) by exact HT.
      change (theta 1%nat 1%nat) with D. unfold zero. ring.
    + unfold history_norm, once_grad.
      rewrite (sum_ext _ (fun t => once c t * once c t)) by (intros; ring).
      rewrite sum_once by exact HT. unfold once. simpl Nat.eqb. apply sqrt_square. lra.
    + destruct T as [|n]; [lia|]. rewrite Hv. replace (S n - 1)%nat with n by lia. reflexivity.
Qed.

(** What an average of squares forgets, it forgets faster than T grows. *)
Lemma forgotten beta2 c e : 0 < beta2 < 1 -> 0 < c -> 0 < e ->
  exists T0, (1 <= T0)%nat /\ forall T, (T0 <= T)%nat ->
  sqrt (INR T * ((1 - beta2) * c ^ 2 * beta2 ^ (T - 1) / (1 - beta2 ^ T))) <= c * e.
Proof.
  intros Hb Hc He. set (b := sqrt beta2).
  assert (Hb0 : 0 < b) by (apply sqrt_lt_R0; lra).
  assert (Hbb : b * b = beta2) by (apply sqrt_sqrt; lra).
  assert (Hb1 : b < 1) by nra.
  assert (Hlin : forall T, INR T * (1 - b) * b ^ T <= 1 - b ^ T).
  { induction T as [|T IH]; [simpl; lra|]. rewrite S_INR. simpl.
    assert (P := pow_le b T ltac:(lra)). assert (P1 : b ^ T <= 1) by (apply pow_le_1; lra).
    apply Rmult_le_compat_l with (r := b) in IH; [|lra].
    assert (0 <= (1 - b) * (1 - b * b ^ T)) by (apply Rmult_le_pos; nra). lra. }
  set (y := e ^ 2 * ((1 - b) * beta2)).
  assert (Hy : 0 < y).
  { apply Rmult_lt_0_compat; [apply pow_lt, He | apply Rmult_lt_0_compat; lra]. }
  destruct (pow_lt_1_zero b) with (y := y) as [N HN]; [rewrite Rabs_pos_eq; lra | exact Hy|].
  exists (S N). split; [lia|]. intros T HT. specialize (HN T ltac:(lia)). specialize (Hlin T).
  destruct T as [|n]; [lia|]. replace (S n - 1)%nat with n by lia.
  assert (Hbn : beta2 ^ S n = b ^ S n * b ^ S n) by (rewrite <- Rpow_mult_distr, Hbb; reflexivity).
  assert (P := pow_lt b (S n) Hb0). rewrite Rabs_pos_eq in HN by lra.
  rewrite <- (sqrt_pow2 (c * e)) by nra. apply sqrt_le_1_alt.
  assert (P1 := pow_lt_1 beta2 (S n) ltac:(lra) ltac:(lia)).
  assert (P2 : 1 - beta2 <= 1 - beta2 ^ S n).
  { simpl. assert (beta2 ^ n <= 1) by (apply pow_le_1; lra). nra. }
  assert (HT0 := INR_pos (S n) ltac:(lia)). set (t := INR (S n)) in *. clearbody t.
  assert (Hbn' : beta2 * beta2 ^ n = b ^ S n * b ^ S n) by exact Hbn.
  assert (P3 : 0 < beta2 ^ n) by (apply pow_lt; lra).
  set (x := b ^ S n) in *. clearbody x.
  apply Rle_trans with (c ^ 2 * (t * beta2 ^ n)).
  - replace (t * ((1 - beta2) * c ^ 2 * beta2 ^ n / (1 - beta2 ^ S n)))
      with (c ^ 2 * (t * beta2 ^ n) * ((1 - beta2) / (1 - beta2 ^ S n))) by (field; lra).
    rewrite <- (Rmult_1_r (c ^ 2 * (t * beta2 ^ n))) at 2. apply Rmult_le_compat_l.
    + apply Rmult_le_pos; [apply pow2_ge_0 | apply Rmult_le_pos; lra].
    + apply Rmult_le_reg_r with (1 - beta2 ^ S n); [lra|].
      unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
  - rewrite Rpow_mult_distr. apply Rmult_le_compat_l; [apply pow2_ge_0|].
    apply Rmult_le_reg_r with ((1 - b) * beta2); [apply Rmult_lt_0_compat; lra|].
    fold y. replace (t * beta2 ^ n * ((1 - b) * beta2)) with (t * (1 - b) * x * x)
      by (replace (t * (1 - b) * x * x) with (t * (1 - b) * (x * x)) by ring;
          rewrite <- Hbn'; ring).
    assert (t * (1 - b) * x * x <= 1 * x) by (apply Rmult_le_compat_r; lra). lra.
Qed.

(** C33. Theorem 4.1 is false with one D and one X for all points and all T, everything granted,
    also at betas near 1, if K and lambda are not too large. All losses but the first, c theta, are
    0. The regret stays as it is after the first round, and Adam comes to rest within D. Of the
    right-hand side the first term tends to 0 as T grows, the second is small as c is, and the third
    is too small. *)
Theorem theorem_4_1_refuted_by_silence :
  forall beta1 beta2 lam K,
  0 <= beta1 < 1 -> 0 < beta2 < 1 -> 0 < lam < 1 -> gamma beta1 beta2 < 1 ->
  beta1 * lam < sqrt beta2 -> 0 < K ->
  K * sqrt (1 - beta2) < 2 * (1 - beta1) * (1 - lam) ^ 2 * (1 - beta1 * lam / sqrt beta2) ->
  exists c D theta, 0 < c /\
  (forall T, (1 <= T)%nat ->
     setting_4_1 1 T 1 beta1 beta2 lam c c D D (once_loss c) (once_grad c) theta /\
     granted 1 T 1 beta1 beta2 lam D D (once_grad c) theta (interval 0 D) /\
     minimiser (interval 0 D) (once_loss c) T zero) /\
  exists T0, (1 <= T0)%nat /\ forall T, (T0 <= T)%nat ->
    K * right_hand_side 1 T 1 beta1 beta2 lam c D D (once_grad c) theta
    < regret (once_loss c) theta zero T.
Proof.
  intros beta1 beta2 lam K H1 H2 Hl Hg Hq HK Hsmall.
  assert (Hb : 0 < sqrt beta2) by (apply sqrt_lt_R0; lra).
  set (q := beta1 * lam / sqrt beta2) in *.
  assert (Hq1 : q < 1).
  { unfold q. apply Rmult_lt_reg_r with (sqrt beta2); [exact Hb|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  set (D := 1 / (1 - q)). assert (HD : 0 < D) by (apply Rdiv_lt_0_compat; lra).
  assert (Hs : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hl2 : 0 < (1 - lam) ^ 2) by (apply pow_lt; lra).
  assert (Hg2 : 0 < (1 - gamma beta1 beta2) ^ 2) by (apply pow_lt; lra).
  (* the right-hand side is c D (A r + B c + E), where r tends to 0 *)
  set (A := D / (2 * 1 * (1 - beta1))).
  set (B := 1 * (1 + beta1) / ((1 - beta1) * sqrt (1 - beta2) * (1 - gamma beta1 beta2) ^ 2) / D).
  set (E := D * sqrt (1 - beta2) / (2 * 1 * (1 - beta1) * (1 - lam) ^ 2)).
  assert (HA : 0 < A) by (apply Rdiv_lt_0_compat; lra).
  assert (HB : 0 < B).
  { repeat apply Rdiv_lt_0_compat; try lra. repeat apply Rmult_lt_0_compat; lra. }
  assert (HE : K * E < 1).
  { unfold E, D. apply Rmult_lt_reg_r with (2 * (1 - beta1) * (1 - lam) ^ 2 * (1 - q));
      [repeat apply Rmult_lt_0_compat; lra|].
    replace (K * (1 / (1 - q) * sqrt (1 - beta2) / (2 * 1 * (1 - beta1) * (1 - lam) ^ 2))
             * (2 * (1 - beta1) * (1 - lam) ^ 2 * (1 - q)))
      with (K * sqrt (1 - beta2)) by (field; lra). lra. }
  set (k := (1 - K * E) / (3 * K)).
  assert (Hk : 0 < k) by (apply Rdiv_lt_0_compat; lra).
  assert (Hk3 : K * (3 * k) = 1 - K * E) by (unfold k; field; lra).
  set (c := k / B). assert (Hc : 0 < c) by (apply Rdiv_lt_0_compat; lra).
  destruct (echo_game beta1 beta2 lam c Hc H1 H2 Hl Hg Hq) as (HS & HG & HR).
  fold q in HS, HG, HR. fold D in HS, HG, HR.
  set (theta := fun t (_ : nat) => _) in *.
  exists c, D, theta. split; [exact Hc|].
  split; [intros T HT; split; [|split]; auto; apply HR, HT|].
  destruct (forgotten beta2 c (k / A)) as (T0 & HT0 & Hr);
    [lra | lra | apply Rdiv_lt_0_compat; lra|].
  exists T0. split; [exact HT0|]. intros T HT. specialize (Hr T HT).
  destruct (HR T ltac:(lia)) as (_ & -> & Hh & Hv).
  unfold right_hand_side, first_term, second_term, third_term. cbn [sum].
  rewrite Hv, Hh, !Rplus_0_l. set (r := sqrt (INR T * _)) in *. clearbody r.
  replace (D ^ 2 / (2 * 1 * (1 - beta1)) * r
    + 1 * (1 + beta1) * c / ((1 - beta1) * sqrt (1 - beta2) * (1 - gamma beta1 beta2) ^ 2) * c
    + D ^ 2 * c * sqrt (1 - beta2) / (2 * 1 * (1 - beta1) * (1 - lam) ^ 2))
    with (D * (A * r + c * (B * c) + c * E)) by (unfold A, B, E; field; repeat split; lra).
  assert (HAr : A * r <= c * k).
  { apply Rmult_le_compat_l with (r := A) in Hr; [|lra].
    replace (A * (c * (k / A))) with (c * k) in Hr by (field; lra). exact Hr. }
  assert (HBc : B * c = k) by (unfold c; field; lra). rewrite HBc.
  assert (HcD : 0 < c * D) by (apply Rmult_lt_0_compat; lra).
  apply Rle_lt_trans with (K * (D * (c * k + c * k + c * E))).
  - apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; lra.
  - replace (K * (D * (c * k + c * k + c * E)))
      with (c * D * (K * (3 * k) + K * E - K * k)) by ring.
    rewrite Hk3. assert (0 < K * k) by (apply Rmult_lt_0_compat; lra).
    rewrite <- (Rmult_1_r (c * D)) at 2. apply Rmult_lt_compat_l; lra.
Qed.

(** C33, C35. So at the default betas, with lambda up to 1/10, even four times the right-hand side
    is too little, at every T from some T0 on. *)
Theorem theorem_4_1_refuted_by_silence_at_the_defaults :
  forall lam, 0 < lam <= 1 / 10 ->
  exists T0, forall T, (T0 <= T)%nat -> ~ Theorem_4_1_granted 0.9 0.999 lam T 4.
Proof.
  intros lam Hl. assert (Hg := gamma_at_the_defaults).
  assert (Hlow : 0.999 < sqrt 0.999).
  { rewrite <- (sqrt_pow2 0.999) at 1 by lra. apply sqrt_lt_1_alt. lra. }
  assert (Hroot : sqrt (1 - 0.999) < 0.0317).
  { rewrite <- (sqrt_pow2 0.0317) by lra. apply sqrt_lt_1_alt. lra. }
  assert (Hq : 0.9 * lam / sqrt 0.999 <= 0.091).
  { apply Rmult_le_reg_r with (sqrt 0.999); [lra|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  assert (Hl2 : 0.81 <= (1 - lam) ^ 2).
  { replace 0.81 with (0.9 ^ 2) by lra. apply pow_incr. lra. }
  destruct (theorem_4_1_refuted_by_silence 0.9 0.999 lam 4)
    as (c & D & theta & Hc & HS & T0 & HT0 & Hlt); try lra.
  { assert (0.81 * 0.909 <= (1 - lam) ^ 2 * (1 - 0.9 * lam / sqrt 0.999))
      by (apply Rmult_le_compat; lra).
    replace (2 * (1 - 0.9) * (1 - lam) ^ 2 * (1 - 0.9 * lam / sqrt 0.999))
      with (0.2 * ((1 - lam) ^ 2 * (1 - 0.9 * lam / sqrt 0.999))) by lra. lra. }
  exists T0. intros T HT H. destruct (HS T ltac:(lia)) as (HS' & HG & HM).
  specialize (H _ _ _ _ _ _ _ _ _ _ _ HS' HG HM). specialize (Hlt T HT). lra.
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

(** Corollary 4.2: "Adam achieves the following guarantee, for all T >= 1. R(T) / T =
    O(1 / sqrt T)", under the hypotheses of the theorem, with one D and one D_inf for all T. The
    factor M may depend on everything but T. *)
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

(** C34, C58. The corollary, and with it "Adam has O(sqrt T) regret bound", refuted: C = 3,
    delta = 1, alpha = 1, beta1 = 0, beta2 = 1/10. *)
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
