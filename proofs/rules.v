(** The steps of adamlab's rules, printed from the Python functions that run. Made by
    proofs/generate.py, never edited by hand. *)
From Coq Require Import Reals.
Open Scope R_scope.

(** a / b with 0/0 := 0, as 0 times anything is 0. *)
Definition ratio (a b : R) : R := a / b.

(** Robbins & Monro 1951; Zinkevich 2003 (online gradient descent). *)
Definition sgd (alpha : R) (t : nat) (theta g : R) (state : unit)
    : R * R * unit :=
  let theta' := theta - alpha * g in
  (theta', 1, tt).

(** Polyak 1964, in the form of Sutskever et al. 2013. *)
Definition momentum (alpha mu : R) (t : nat) (theta g : R) (b : R)
    : R * R * R :=
  let b' := mu * b - alpha * g in
  let theta' := theta + b' in
  (theta', 1, b').

(** torch.optim.SGD with momentum and dampening. *)
Definition momentum_torch (alpha mu dampening : R) (t : nat) (theta g : R) (b : R)
    : R * R * R :=
  let b' := mu * b + (1 - dampening * Rmin 1 (INR t - 1)) * g in
  let theta' := theta - alpha * b' in
  (theta', 1, b').

(** Nesterov 1983, in the form of Sutskever et al. 2013. *)
Definition nesterov (alpha mu : R) (t : nat) (theta g : R) (b : R)
    : R * R * R :=
  let x1 := alpha * g in
  let b' := mu * b - x1 in
  let theta' := theta + mu * b' - x1 in
  (theta', 1, b').

(** torch.optim.SGD with nesterov=True. *)
Definition nesterov_torch (alpha mu : R) (t : nat) (theta g : R) (b : R)
    : R * R * R :=
  let b' := mu * b + g in
  let theta' := theta - alpha * (g + mu * b') in
  (theta', 1, b').

(** Duchi, Hazan & Singer 2011, diagonal form; section 5 of the Adam paper. *)
Definition adagrad (alpha : R) (t : nat) (theta g : R) (s : R)
    : R * R * R :=
  let s' := s + g * g in
  let metric := sqrt s' in
  let theta' := theta - alpha * ratio g metric in
  (theta', metric, s').

(** torch.optim.Adagrad. *)
Definition adagrad_torch (alpha lr_decay s0 eps : R) (t : nat) (theta g : R) (s : R)
    : R * R * R :=
  let s' := s + g * g in
  let metric := sqrt (s0 + s') + eps in
  let theta' := theta - alpha / (1 + (INR t - 1) * lr_decay) * ratio g metric in
  (theta', metric, s').

(** optax.adagrad. *)
Definition adagrad_optax (alpha s0 eps : R) (t : nat) (theta g : R) (s : R)
    : R * R * R :=
  let s' := s + g * g in
  let metric := sqrt (s0 + s' + eps) in
  let theta' := theta - alpha * ratio g metric in
  (theta', metric, s').

(** Tieleman & Hinton 2012, Coursera lecture 6.5. *)
Definition rmsprop (alpha rho : R) (t : nat) (theta g : R) (v : R)
    : R * R * R :=
  let v' := rho * v + (1 - rho) * (g * g) in
  let metric := sqrt v' in
  let theta' := theta - alpha * ratio g metric in
  (theta', metric, v').

(** section 5 of the Adam paper; Tieleman & Hinton 2012. *)
Definition rmsprop_momentum (alpha rho mu : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(v, b) := state in
  let v' := rho * v + (1 - rho) * (g * g) in
  let metric := sqrt v' in
  let b' := mu * b + alpha * ratio g metric in
  let theta' := theta - b' in
  (theta', metric, (v', b')).

(** Graves 2013, equations 38-41. *)
Definition rmsprop_centred (alpha rho mu eps : R) (t : nat) (theta g : R) (state : R * R * R)
    : R * R * (R * R * R) :=
  let '(m, v, b) := state in
  let x1 := 1 - rho in
  let m' := rho * m + x1 * g in
  let v' := rho * v + x1 * (g * g) in
  let metric := sqrt (v' - m' * m' + eps) in
  let b' := mu * b + alpha * ratio g metric in
  let theta' := theta - b' in
  (theta', metric, (m', v', b')).

(** torch.optim.RMSprop. *)
Definition rmsprop_torch (alpha rho eps : R) (t : nat) (theta g : R) (v : R)
    : R * R * R :=
  let v' := rho * v + (1 - rho) * (g * g) in
  let metric := sqrt v' + eps in
  let theta' := theta - alpha * ratio g metric in
  (theta', metric, v').

(** torch.optim.RMSprop with momentum. *)
Definition rmsprop_momentum_torch (alpha rho mu eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(v, b) := state in
  let v' := rho * v + (1 - rho) * (g * g) in
  let metric := sqrt v' + eps in
  let b' := mu * b + ratio g metric in
  let theta' := theta - alpha * b' in
  (theta', metric, (v', b')).

(** torch.optim.RMSprop with centered=True. *)
Definition rmsprop_centred_torch (alpha rho mu eps : R) (t : nat) (theta g : R) (state : R * R * R)
    : R * R * (R * R * R) :=
  let '(m, v, b) := state in
  let x1 := 1 - rho in
  let m' := rho * m + x1 * g in
  let v' := rho * v + x1 * (g * g) in
  let metric := sqrt (v' - m' * m') + eps in
  let b' := mu * b + ratio g metric in
  let theta' := theta - alpha * b' in
  (theta', metric, (m', v', b')).

(** optax.rmsprop. *)
Definition rmsprop_optax (alpha rho eps : R) (t : nat) (theta g : R) (v : R)
    : R * R * R :=
  let v' := rho * v + (1 - rho) * (g * g) in
  let metric := sqrt (v' + eps) in
  let theta' := theta - alpha * ratio g metric in
  (theta', metric, v').

(** optax.rmsprop with momentum. *)
Definition rmsprop_momentum_optax (alpha rho mu eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(v, b) := state in
  let v' := rho * v + (1 - rho) * (g * g) in
  let metric := sqrt (v' + eps) in
  let b' := mu * b + alpha * ratio g metric in
  let theta' := theta - b' in
  (theta', metric, (v', b')).

(** Zeiler 2012, Algorithm 1. *)
Definition adadelta (alpha rho eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(v, u) := state in
  let x1 := 1 - rho in
  let v' := rho * v + x1 * (g * g) in
  let x2 := sqrt (u + eps) in
  let x3 := sqrt (v' + eps) in
  let x4 := x2 * ratio g x3 in
  let u' := rho * u + x1 * (x4 * x4) in
  let metric := x3 / x2 in
  let theta' := theta - alpha * x4 in
  (theta', metric, (v', u')).

(** Kingma & Ba 2015, Algorithm 1. *)
Definition adam (alpha beta1 beta2 eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let metric := sqrt (v' / (1 - beta2 ^ t)) + eps in
  let theta' := theta - alpha * ratio (m' / (1 - beta1 ^ t)) metric in
  (theta', metric, (m', v')).

(** Kingma & Ba 2015, end of section 2 (the reordered, efficient form). *)
Definition adam_eps_hat (alpha beta1 beta2 eps_hat : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let metric := sqrt v' + eps_hat in
  let theta' := theta - alpha * sqrt (1 - beta2 ^ t) / (1 - beta1 ^ t) * ratio m' metric in
  (theta', metric, (m', v')).

(** Kingma & Ba 2015, section 6.4 (the ablation). *)
Definition adam_uncorrected (alpha beta1 beta2 eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let metric := sqrt v' + eps in
  let theta' := theta - alpha * ratio m' metric in
  (theta', metric, (m', v')).

(** Kingma & Ba 2015, section 4 (the setting of the regret theorem). *)
Definition adam_decayed_beta1 (alpha beta1 beta2 lam eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let x1 := beta1 * lam ^ (t - 1) in
  let m' := x1 * m + (1 - x1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let metric := sqrt (v' / (1 - beta2 ^ t)) + eps in
  let theta' := theta - alpha * ratio (m' / (1 - beta1 ^ t)) metric in
  (theta', metric, (m', v')).

(** Kingma & Ba 2015, section 4, with the correction that removes the bias. *)
Definition adam_decayed_beta1_debiased (alpha beta1 beta2 lam eps : R) (t : nat) (theta g : R) (state : R * R * R)
    : R * R * (R * R * R) :=
  let '(m, q, v) := state in
  let x1 := beta1 * lam ^ (t - 1) in
  let x2 := 1 - x1 in
  let m' := x1 * m + x2 * g in
  let q' := x1 * q + x2 in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let metric := sqrt (v' / (1 - beta2 ^ t)) + eps in
  let theta' := theta - alpha * ratio (m' / q') metric in
  (theta', metric, (m', q', v')).

(** Kingma & Ba 2015, Algorithm 2. *)
Definition adamax (alpha beta1 beta2 : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, u) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let u' := Rmax (beta2 * u) (Rabs g) in
  let theta' := theta - alpha / (1 - beta1 ^ t) * ratio m' u' in
  (theta', u', (m', u')).

(** torch.optim.Adamax. *)
Definition adamax_torch (alpha beta1 beta2 eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, u) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let u' := Rmax (beta2 * u) (Rabs g + eps) in
  let theta' := theta - alpha / (1 - beta1 ^ t) * ratio m' u' in
  (theta', u', (m', u')).

(** keras.optimizers.Adamax. *)
Definition adamax_keras (alpha beta1 beta2 eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, u) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let u' := Rmax (beta2 * u) (Rabs g) in
  let metric := u' + eps in
  let theta' := theta - alpha / (1 - beta1 ^ t) * ratio m' metric in
  (theta', metric, (m', u')).

(** Reddi, Kale & Kumar 2018, Algorithm 2. *)
Definition amsgrad (alpha beta1 beta2 : R) (t : nat) (theta g : R) (state : R * R * R)
    : R * R * (R * R * R) :=
  let '(m, v, v_hat) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let v_hat' := Rmax v_hat v' in
  let metric := sqrt v_hat' in
  let theta' := theta - alpha * ratio m' metric in
  (theta', metric, (m', v', v_hat')).

(** Reddi, Kale & Kumar 2018, Corollary 1. *)
Definition amsgrad_decayed_beta1 (alpha beta1 beta2 lam : R) (t : nat) (theta g : R) (state : R * R * R)
    : R * R * (R * R * R) :=
  let '(m, v, v_hat) := state in
  let x1 := beta1 * lam ^ (t - 1) in
  let m' := x1 * m + (1 - x1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let v_hat' := Rmax v_hat v' in
  let metric := sqrt v_hat' in
  let theta' := theta - alpha * ratio m' metric in
  (theta', metric, (m', v', v_hat')).

(** torch.optim.Adam with amsgrad=True. *)
Definition amsgrad_torch (alpha beta1 beta2 eps : R) (t : nat) (theta g : R) (state : R * R * R)
    : R * R * (R * R * R) :=
  let '(m, v, v_max) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let v_max' := Rmax v_max v' in
  let metric := sqrt (v_max' / (1 - beta2 ^ t)) + eps in
  let theta' := theta - alpha * ratio (m' / (1 - beta1 ^ t)) metric in
  (theta', metric, (m', v', v_max')).

(** optax.amsgrad. *)
Definition amsgrad_optax (alpha beta1 beta2 eps : R) (t : nat) (theta g : R) (state : R * R * R)
    : R * R * (R * R * R) :=
  let '(m, v, v_hat) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let v_hat' := Rmax v_hat (v' / (1 - beta2 ^ t)) in
  let metric := sqrt v_hat' + eps in
  let theta' := theta - alpha * ratio (m' / (1 - beta1 ^ t)) metric in
  (theta', metric, (m', v', v_hat')).

(** keras.optimizers.Adam with amsgrad=True. *)
Definition amsgrad_keras (alpha beta1 beta2 eps : R) (t : nat) (theta g : R) (state : R * R * R)
    : R * R * (R * R * R) :=
  let '(m, v, v_max) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let v_max' := Rmax v_max v' in
  let metric := sqrt v_max' + eps in
  let theta' := theta - alpha * sqrt (1 - beta2 ^ t) / (1 - beta1 ^ t) * ratio m' metric in
  (theta', metric, (m', v', v_max')).

(** Reddi, Kale & Kumar 2018, Algorithm 3, with beta2_t = 1 - 1/t. *)
Definition adamnc (alpha beta1 : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let x1 := 1 / INR t in
  let v' := (1 - x1) * v + x1 * (g * g) in
  let metric := sqrt v' in
  let theta' := theta - alpha * ratio m' metric in
  (theta', metric, (m', v')).

(** Reddi, Kale & Kumar 2018, Corollary 2. *)
Definition adamnc_decayed_beta1 (alpha beta1 lam : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let x1 := beta1 * lam ^ (t - 1) in
  let m' := x1 * m + (1 - x1) * g in
  let x2 := 1 / INR t in
  let v' := (1 - x2) * v + x2 * (g * g) in
  let metric := sqrt v' in
  let theta' := theta - alpha * ratio m' metric in
  (theta', metric, (m', v')).

(* nadam cannot be printed for Coq: the exponent mul(input('t'), input('psi')) is no natural number. *)

(* nadam_torch cannot be printed for Coq: the exponent mul(input('t'), input('psi')) is no natural number. *)

(** optax.nadam. *)
Definition nadam_optax (alpha beta1 beta2 eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let x1 := (1 - beta1) * g in
  let m' := beta1 * m + x1 in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let metric := sqrt (v' / (1 - beta2 ^ t)) + eps in
  let theta' := theta - alpha * ratio (beta1 * m' / (1 - beta1 ^ (t + 1)) + x1 / (1 - beta1 ^ t)) metric in
  (theta', metric, (m', v')).

(** Loshchilov & Hutter 2019, Algorithm 2. *)
Definition adamw (alpha beta1 beta2 weight_decay eta eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let metric := sqrt (v' / (1 - beta2 ^ t)) + eps in
  let theta' := theta - eta * (alpha * ratio (m' / (1 - beta1 ^ t)) metric + weight_decay * theta) in
  (theta', metric, (m', v')).

(** torch.optim.AdamW. *)
Definition adamw_torch (alpha beta1 beta2 weight_decay eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let metric := sqrt (v' / (1 - beta2 ^ t)) + eps in
  let theta' := theta - alpha * (ratio (m' / (1 - beta1 ^ t)) metric + weight_decay * theta) in
  (theta', metric, (m', v')).

(** keras.optimizers.AdamW. *)
Definition adamw_keras (alpha beta1 beta2 weight_decay eps : R) (t : nat) (theta g : R) (state : R * R)
    : R * R * (R * R) :=
  let '(m, v) := state in
  let m' := beta1 * m + (1 - beta1) * g in
  let v' := beta2 * v + (1 - beta2) * (g * g) in
  let metric := sqrt v' + eps in
  let theta' := theta - (alpha * sqrt (1 - beta2 ^ t) / (1 - beta1 ^ t) * ratio m' metric + alpha * weight_decay * theta) in
  (theta', metric, (m', v')).

(** Kingma & Ba 2015, section 7.2. *)
Definition averaged_sgd (alpha beta_bar : R) (t : nat) (theta g : R) (theta_bar : R)
    : R * R * R :=
  let theta' := theta - alpha * g in
  let theta_bar' := beta_bar * theta_bar + (1 - beta_bar) * theta' in
  (theta', 1, theta_bar').
