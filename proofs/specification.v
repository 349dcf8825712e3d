(** What the printed steps compute. On the left of each equation is a step as it is printed from the
    package's rule, on the right the formulas of its source, written by hand: a wrong edit of the rule
    breaks the equation. The three parts of a side are theta_t, what was divided by, and the state. *)
From Coq Require Import Reals.
From Adamlab Require Import rules.
Open Scope R_scope.

(** Equal by the laws of a ring, inside roots and denominators too. *)
Ltac same := first [ reflexivity | ring | progress f_equal; same ].
Ltac compare := intros; subst; unfold ratio, Rdiv; cbv zeta; rewrite <- ?Rsqr_pow2; unfold Rsqr; same.

(** Online gradient descent. *)
Theorem sgd_specification alpha t theta g :
  sgd alpha t theta g tt = (theta - alpha * g, 1, tt).
Proof. unfold sgd. compare. Qed.

(** Section 5: AdaGrad. *)
Theorem adagrad_specification alpha t theta g s :
  let s_t := s + g ^ 2 in
  adagrad alpha t theta g s = (theta - alpha * g / sqrt s_t, sqrt s_t, s_t).
Proof. unfold adagrad. compare. Qed.

(** Section 5: RMSProp. *)
Theorem rmsprop_specification alpha rho t theta g v :
  let v_t := rho * v + (1 - rho) * g ^ 2 in
  rmsprop alpha rho t theta g v = (theta - alpha * g / sqrt v_t, sqrt v_t, v_t).
Proof. unfold rmsprop. compare. Qed.

(** RMSProp with eps outside the root, as in torch.optim.RMSprop. *)
Theorem rmsprop_torch_specification alpha rho eps t theta g v :
  let v_t := rho * v + (1 - rho) * g ^ 2 in
  rmsprop_torch alpha rho eps t theta g v
  = (theta - alpha * g / (sqrt v_t + eps), sqrt v_t + eps, v_t).
Proof. unfold rmsprop_torch. compare. Qed.

(** Section 5: RMSProp with momentum on the rescaled gradient. *)
Theorem rmsprop_momentum_specification alpha rho mu t theta g v b :
  let v_t := rho * v + (1 - rho) * g ^ 2 in
  let b_t := mu * b + alpha * g / sqrt v_t in
  rmsprop_momentum alpha rho mu t theta g (v, b) = (theta - b_t, sqrt v_t, (v_t, b_t)).
Proof. unfold rmsprop_momentum. compare. Qed.

(** Section 2, Algorithm 1: Adam. *)
Theorem adam_specification alpha beta1 beta2 eps t theta g m v :
  let m_t := beta1 * m + (1 - beta1) * g in
  let v_t := beta2 * v + (1 - beta2) * g ^ 2 in
  let m_hat := m_t / (1 - beta1 ^ t) in
  let v_hat := v_t / (1 - beta2 ^ t) in
  adam alpha beta1 beta2 eps t theta g (m, v)
  = (theta - alpha * m_hat / (sqrt v_hat + eps), sqrt v_hat + eps, (m_t, v_t)).
Proof. unfold adam. compare. Qed.

(** End of section 2: the efficient order. *)
Theorem adam_eps_hat_specification alpha beta1 beta2 eps_hat t theta g m v :
  let m_t := beta1 * m + (1 - beta1) * g in
  let v_t := beta2 * v + (1 - beta2) * g ^ 2 in
  let alpha_t := alpha * sqrt (1 - beta2 ^ t) / (1 - beta1 ^ t) in
  adam_eps_hat alpha beta1 beta2 eps_hat t theta g (m, v)
  = (theta - alpha_t * m_t / (sqrt v_t + eps_hat), sqrt v_t + eps_hat, (m_t, v_t)).
Proof. unfold adam_eps_hat. compare. Qed.

(** Section 6.4: Adam without its bias correction. *)
Theorem adam_uncorrected_specification alpha beta1 beta2 eps t theta g m v :
  let m_t := beta1 * m + (1 - beta1) * g in
  let v_t := beta2 * v + (1 - beta2) * g ^ 2 in
  adam_uncorrected alpha beta1 beta2 eps t theta g (m, v)
  = (theta - alpha * m_t / (sqrt v_t + eps), sqrt v_t + eps, (m_t, v_t)).
Proof. unfold adam_uncorrected. compare. Qed.

(** Section 4: Adam with beta1_t = beta1 lam^(t-1), as the regret theorem has it. *)
Theorem adam_decayed_beta1_specification alpha beta1 beta2 lam eps t theta g m v :
  let beta1_t := beta1 * lam ^ (t - 1) in
  let m_t := beta1_t * m + (1 - beta1_t) * g in
  let v_t := beta2 * v + (1 - beta2) * g ^ 2 in
  let m_hat := m_t / (1 - beta1 ^ t) in
  let v_hat := v_t / (1 - beta2 ^ t) in
  adam_decayed_beta1 alpha beta1 beta2 lam eps t theta g (m, v)
  = (theta - alpha * m_hat / (sqrt v_hat + eps), sqrt v_hat + eps, (m_t, v_t)).
Proof. unfold adam_decayed_beta1. compare. Qed.

(** The same, divided by the sum q_t of the weights of m_t. *)
Theorem adam_decayed_beta1_debiased_specification alpha beta1 beta2 lam eps t theta g m q v :
  let beta1_t := beta1 * lam ^ (t - 1) in
  let m_t := beta1_t * m + (1 - beta1_t) * g in
  let q_t := beta1_t * q + (1 - beta1_t) in
  let v_t := beta2 * v + (1 - beta2) * g ^ 2 in
  let v_hat := v_t / (1 - beta2 ^ t) in
  adam_decayed_beta1_debiased alpha beta1 beta2 lam eps t theta g (m, q, v)
  = (theta - alpha * (m_t / q_t) / (sqrt v_hat + eps), sqrt v_hat + eps, (m_t, q_t, v_t)).
Proof. unfold adam_decayed_beta1_debiased. compare. Qed.

(** Section 7.1, Algorithm 2: AdaMax. *)
Theorem adamax_specification alpha beta1 beta2 t theta g m u :
  let m_t := beta1 * m + (1 - beta1) * g in
  let u_t := Rmax (beta2 * u) (Rabs g) in
  adamax alpha beta1 beta2 t theta g (m, u)
  = (theta - alpha / (1 - beta1 ^ t) * (m_t / u_t), u_t, (m_t, u_t)).
Proof. unfold adamax. compare. Qed.

(** Reddi, Kale and Kumar, Algorithm 2: AMSGrad. *)
Theorem amsgrad_specification alpha beta1 beta2 t theta g m v v_hat :
  let m_t := beta1 * m + (1 - beta1) * g in
  let v_t := beta2 * v + (1 - beta2) * g ^ 2 in
  let v_hat_t := Rmax v_hat v_t in
  amsgrad alpha beta1 beta2 t theta g (m, v, v_hat)
  = (theta - alpha * m_t / sqrt v_hat_t, sqrt v_hat_t, (m_t, v_t, v_hat_t)).
Proof. unfold amsgrad. compare. Qed.

(** Their Corollary 1: AMSGrad with beta1_t = beta1 lam^(t-1). *)
Theorem amsgrad_decayed_beta1_specification alpha beta1 beta2 lam t theta g m v v_hat :
  let beta1_t := beta1 * lam ^ (t - 1) in
  let m_t := beta1_t * m + (1 - beta1_t) * g in
  let v_t := beta2 * v + (1 - beta2) * g ^ 2 in
  let v_hat_t := Rmax v_hat v_t in
  amsgrad_decayed_beta1 alpha beta1 beta2 lam t theta g (m, v, v_hat)
  = (theta - alpha * m_t / sqrt v_hat_t, sqrt v_hat_t, (m_t, v_t, v_hat_t)).
Proof. unfold amsgrad_decayed_beta1. compare. Qed.

(** Reddi, Kale and Kumar, Algorithm 3: AdamNC with beta2_t = 1 - 1/t. *)
Theorem adamnc_specification alpha beta1 t theta g m v :
  let beta2_t := 1 - 1 / INR t in
  let m_t := beta1 * m + (1 - beta1) * g in
  let v_t := beta2_t * v + (1 - beta2_t) * g ^ 2 in
  adamnc alpha beta1 t theta g (m, v)
  = (theta - alpha * m_t / sqrt v_t, sqrt v_t, (m_t, v_t)).
Proof.
  intros; subst v_t beta2_t m_t. unfold adamnc.
  replace (1 - (1 - 1 / INR t)) with (1 / INR t) by ring. compare.
Qed.

(** Their Corollary 2: AdamNC with beta1_t = beta1 lam^(t-1) too. *)
Theorem adamnc_decayed_beta1_specification alpha beta1 lam t theta g m v :
  let beta1_t := beta1 * lam ^ (t - 1) in
  let beta2_t := 1 - 1 / INR t in
  let m_t := beta1_t * m + (1 - beta1_t) * g in
  let v_t := beta2_t * v + (1 - beta2_t) * g ^ 2 in
  adamnc_decayed_beta1 alpha beta1 lam t theta g (m, v)
  = (theta - alpha * m_t / sqrt v_t, sqrt v_t, (m_t, v_t)).
Proof.
  intros; subst v_t beta2_t m_t beta1_t. unfold adamnc_decayed_beta1.
  replace (1 - (1 - 1 / INR t)) with (1 / INR t) by ring. compare.
Qed.

(** Section 7.2: gradient descent with temporal averaging. *)
Theorem averaged_sgd_specification alpha beta t theta g theta_bar :
  let theta_t := theta - alpha * g in
  averaged_sgd alpha beta t theta g theta_bar
  = (theta_t, 1, beta * theta_bar + (1 - beta) * theta_t).
Proof. unfold averaged_sgd. compare. Qed.
