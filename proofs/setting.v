(** The setting: the loop around a rule's step, boxes, subgradients and regret. *)
From Coq Require Import Reals Lra Lia.
From Adamlab Require Import sums.
Open Scope R_scope.

(** ** The loop *)

Section Loop.
  Context {State : Type}.
  (** A rule with its hyper-parameters, which may depend on the round; what is done to a new point
      (nothing, or a projection); where it starts; the gradients g 1, g 2, ... *)
  Variable step : nat -> R -> R -> State -> R * R * State.
  Variable project : R -> R.
  Variables (theta0 : R) (state0 : State) (g : nat -> R).

  (** The point, the metric and the state after t rounds. *)
  Fixpoint run (t : nat) : R * R * State :=
    match t with
    | O => (theta0, 0, state0)
    | S n =>
        let '(theta, _, state) := run n in
        let '(theta', metric, state') := step t theta (g t) state in
        (project theta', metric, state')
    end.
End Loop.

Definition point {State} (r : R * R * State) : R := fst (fst r).
Definition metric {State} (r : R * R * State) : R := snd (fst r).
Definition state {State} (r : R * R * State) : State := snd r.

(** No projection. *)
Definition free (x : R) : R := x.

(** The nearest point of the interval from l to u. *)
Definition clip (l u x : R) : R := Rmax l (Rmin u x).

(** ** Functions of d coordinates, numbered 1 to d *)

Definition vector := nat -> R.

Definition in_box (d : nat) (l u : vector) (x : vector) : Prop :=
  forall i, (1 <= i <= d)%nat -> l i <= x i <= u i.

(** s is a subgradient of f at x, on the box. *)
Definition subgradient (d : nat) (l u : vector) (f : vector -> R) (x s : vector) : Prop :=
  forall y, in_box d l u y -> f x + \sum_(i <= d) s i * (y i - x i) <= f y.

(** The regret of the points x 1, ..., x T against y. *)
Definition regret (f : nat -> vector -> R) (x : nat -> vector) (y : vector) (T : nat) : R :=
  \sum_(t <= T) (f t (x t) - f t y).

(** ** What the proofs need of these *)

Lemma run_S {State} (step : nat -> R -> R -> State -> R * R * State) project theta0 state0 g t :
  let before := run step project theta0 state0 g t in
  let after := step (S t) (point before) (g (S t)) (state before) in
  run step project theta0 state0 g (S t) = (project (point after), metric after, state after).
Proof.
  simpl. destruct (run step project theta0 state0 g t) as [[x y] s]; unfold point, state; simpl.
  destruct (step (S t) x (g (S t)) s) as [[x' y'] s']; reflexivity.
Qed.

Lemma clip_in l u x : l <= u -> l <= clip l u x <= u.
Proof. intros. unfold clip, Rmin. destruct Rle_dec; unfold Rmax; destruct Rle_dec; lra. Qed.

Lemma clip_id l u x : l <= x <= u -> clip l u x = x.
Proof. intros. unfold clip, Rmin. destruct Rle_dec; unfold Rmax; destruct Rle_dec; lra. Qed.

(** The projection moves no two points apart. *)
Lemma clip_contracts l u x y : Rabs (clip l u x - clip l u y) <= Rabs (x - y).
Proof.
  unfold clip, Rmin. repeat destruct Rle_dec; unfold Rmax; repeat destruct Rle_dec; unfold Rabs;
    repeat destruct Rcase_abs; lra.
Qed.

(** It comes no farther from any point of the interval. *)
Lemma clip_nearer l u x y : l <= y <= u -> (clip l u x - y) ^ 2 <= (x - y) ^ 2.
Proof.
  intros Hy. rewrite <- (pow2_abs (x - y)). apply pow_maj_Rabs.
  rewrite <- (clip_id l u y Hy) at 1. apply clip_contracts.
Qed.

(** Regret is at most that of the linear losses. *)
Lemma regret_le_linear d l u f x g y T :
  in_box d l u y ->
  (forall t, (1 <= t <= T)%nat -> subgradient d l u (f t) (x t) (g t)) ->
  regret f x y T <= \sum_(t <= T) \sum_(i <= d) g t i * (x t i - y i).
Proof.
  intros Hy Hg. apply sum_le; intros t Ht. specialize (Hg t Ht y Hy).
  replace (\sum_(i <= d) g t i * (x t i - y i)) with (- \sum_(i <= d) g t i * (y i - x t i)); [lra|].
  replace (- sum (fun i => g t i * (y i - x t i)) d)
    with ((-1) * sum (fun i => g t i * (y i - x t i)) d) by ring.
  rewrite <- sum_scale. apply sum_ext; intros; ring.
Qed.
