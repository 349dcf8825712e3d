(** Games on which the regret of Adam is linear: that of Reddi, Kale & Kumar (2018), and one that
    meets every hypothesis of section 4 to the letter (no projection, bias correction,
    differentiable losses on the whole line). *)
From Coq Require Import Reals Lra Lia Psatz.
From Adamlab Require Import sums setting rules.
Open Scope R_scope.

(** ** Rounds in cycles of three: the first is loud *)

Definition loud (t : nat) : bool := (t mod 3 =? 1)%nat.

Lemma loud_1 k : loud (S (3 * k)) = true.
Proof.
  unfold loud. replace (S (3 * k)) with (1 + k * 3)%nat by lia.
  rewrite Nat.mod_add by lia. reflexivity.
Qed.

Lemma loud_2 k : loud (S (S (3 * k))) = false.
Proof.
  unfold loud. replace (S (S (3 * k))) with (2 + k * 3)%nat by lia.
  rewrite Nat.mod_add by lia. reflexivity.
Qed.

Lemma loud_3 k : loud (S (S (S (3 * k)))) = false.
Proof.
  unfold loud. replace (S (S (S (3 * k)))) with (0 + S k * 3)%nat by lia.
  rewrite Nat.mod_add by lia. reflexivity.
Qed.

Lemma next_cycle k : (3 * S k = S (S (S (3 * k))))%nat.
Proof. lia. Qed.

(** T rounds are T / 3 whole cycles, and none, one or two rounds more. *)
Lemma in_cycles (P : nat -> nat -> Prop) :
  (forall k, P k (3 * k)%nat /\ P k (S (3 * k)) /\ P k (S (S (3 * k)))) ->
  forall T, P (T / 3)%nat T.
Proof.
  intros H T. destruct (H (T / 3)%nat) as (H0 & H1 & H2).
  assert (E := Nat.div_mod T 3 ltac:(lia)). assert (M := Nat.mod_upper_bound T 3 ltac:(lia)).
  set (k := (T / 3)%nat) in *. set (r := (T mod 3)%nat) in *. clearbody k r.
  destruct r as [|[|[|]]]; [| | |lia]; rewrite E.
  - rewrite Nat.add_0_r. exact H0.
  - rewrite Nat.add_1_r. exact H1.
  - replace (3 * k + 2)%nat with (S (S (3 * k))) by lia. exact H2.
Qed.

(** ** Adam with beta1 = 0 and eps = 0 *)

(** The points X n after n rounds and the second moments v n that it makes of gradients g; c t is
    what v t is divided by, 1 - beta2^t with bias correction and 1 without. *)
Definition plays (project : R -> R) (alpha beta2 : R) (c X v g : nat -> R) : Prop :=
  v 0%nat = 0 /\
  forall n,
    v (S n) = beta2 * v n + (1 - beta2) * (g (S n) * g (S n)) /\
    X (S n) = project (X n - alpha / sqrt (INR (S n)) * (g (S n) / sqrt (v (S n) / c (S n)))).

Definition corrected (beta2 : R) (t : nat) : R := 1 - beta2 ^ t.
Definition uncorrected (t : nat) : R := 1.

Lemma uncorrected_plays project alpha beta2 theta0 g :
  let r := run (fun t => adam_uncorrected (alpha / sqrt (INR t)) 0 beta2 0 t)
               project theta0 (0, 0) g in
  plays project alpha beta2 uncorrected (fun n => point (r n)) (fun n => snd (state (r n))) g.
Proof.
  intros r. split; [reflexivity|]. intros n. unfold r. rewrite run_S. cbv zeta.
  destruct (run _ project theta0 (0, 0) g n) as [[x y] [m v]].
  unfold point, state, adam_uncorrected, ratio, uncorrected.
  cbn -[INR]. split; [reflexivity|]. unfold Rdiv. rewrite Rinv_1, Rmult_1_r, Rplus_0_r.
  do 4 f_equal. ring.
Qed.

Lemma adam_plays project alpha beta2 theta0 g :
  let r := run (fun t => adam (alpha / sqrt (INR t)) 0 beta2 0 t) project theta0 (0, 0) g in
  plays project alpha beta2 (corrected beta2)
    (fun n => point (r n)) (fun n => snd (state (r n))) g.
Proof.
  intros r. split; [reflexivity|]. intros n. unfold r. rewrite run_S. cbv zeta.
  destruct (run _ project theta0 (0, 0) g n) as [[x y] [m v]].
  unfold point, state, adam, ratio, corrected.
  cbn -[INR]. split; [reflexivity|].
  rewrite Rplus_0_r. do 4 f_equal. rewrite !Rmult_0_l. field.
Qed.

Lemma adam_decayed_beta1_plays project alpha beta2 lam theta0 g :
  let r := run (fun t => adam_decayed_beta1 (alpha / sqrt (INR t)) 0 beta2 lam 0 t)
               project theta0 (0, 0) g in
  plays project alpha beta2 (corrected beta2)
    (fun n => point (r n)) (fun n => snd (state (r n))) g.
Proof.
  intros r. split; [reflexivity|]. intros n. unfold r. rewrite run_S. cbv zeta.
  destruct (run _ project theta0 (0, 0) g n) as [[x y] [m v]].
  unfold point, state, adam_decayed_beta1, ratio, corrected.
  cbn -[INR]. split; [reflexivity|].
  rewrite Rplus_0_r. do 4 f_equal. rewrite !Rmult_0_l. field.
Qed.

(** v is at least the last square's part. *)
Lemma v_at_least project alpha beta2 c X v g : 0 <= beta2 < 1 ->
  plays project alpha beta2 c X v g -> forall n, (1 - beta2) * (g (S n) * g (S n)) <= v (S n).
Proof.
  intros Hb [H0 H]. assert (P : forall n, 0 <= v n).
  { induction n as [|n IH]; [lra|]. rewrite (proj1 (H n)).
    assert (Q := Rle_0_sqr (g (S n))). unfold Rsqr in Q. nra. }
  intros n. rewrite (proj1 (H n)). specialize (P n). nra.
Qed.

(** ** It returns to 1 in every cycle *)

Lemma three_moves p d u1 u2 x x1 x2 x3 :
  0 <= p <= 1 -> 1 <= x -> 0 <= d ->
  Rmin 1 (x - d) <= x1 -> Rmin 1 (x1 + u1) <= x2 -> Rmin 1 (x2 + u2) <= x3 ->
  p * d <= u1 -> (1 - p) * d <= u2 -> 1 <= x3.
Proof.
  intros Hp Hx Hd. assert (0 <= p * d <= d) by nra.
  unfold Rmin. repeat destruct Rle_dec; lra.
Qed.

Section Cycles.
  Variables (C alpha beta2 : R) (project : R -> R) (c X v g : nat -> R).
  Hypothesis C_range : 2 < C.
  Hypothesis alpha_range : 0 < alpha.
  Hypothesis beta2_small : 0 < beta2 <= 1 / (1 + C ^ 2).
  Hypothesis plays_game : plays project alpha beta2 c X v g.
  Hypothesis projected : forall x, Rmin 1 x <= project x.
  Hypothesis c_pos : forall t, (1 <= t)%nat -> 0 < c t.
  Hypothesis c_mono : forall t, (1 <= t)%nat -> c t <= c (S t).
  Hypothesis start : 1 <= X 0%nat.
  Hypothesis size : forall n, Rabs (g (S n)) <= C.
  Hypothesis loud_rounds : forall k, 1 <= X (3 * k)%nat -> g (S (3 * k)) = C.
  Hypothesis soft_rounds : forall n, loud (S n) = false ->
    -1 <= g (S n) <= 0 /\ (X n < 1 -> g (S n) = -1).

  Lemma beta2_C : beta2 * C ^ 2 <= 1 - beta2.
  Proof.
    destruct beta2_small as [H0 H]. apply (Rmult_le_compat_r (1 + C ^ 2)) in H; [|nra].
    replace (1 / (1 + C ^ 2) * (1 + C ^ 2)) with 1 in H by (field; nra). lra.
  Qed.

  Lemma beta2_range : 0 < beta2 < 1 / 5.
  Proof. destruct beta2_small as [H0 _]. assert (H := beta2_C). nra. Qed.

  Lemma v_S n : v (S n) = beta2 * v n + (1 - beta2) * (g (S n) * g (S n)).
  Proof. apply plays_game. Qed.

  Lemma v_range n : 0 <= v n <= C ^ 2.
  Proof.
    assert (Hb := beta2_range).
    induction n as [|n IH]; [rewrite (proj1 plays_game); nra|]. rewrite v_S.
    assert (H := pow_maj_Rabs _ _ 2 (size n)). simpl in *. nra.
  Qed.

  Lemma v_least n : (1 - beta2) * (g (S n) * g (S n)) <= v (S n).
  Proof. assert (Hb := beta2_range). eapply v_at_least; [lra | exact plays_game]. Qed.

  Lemma v_pos t : (1 <= t)%nat -> 0 < v t.
  Proof.
    assert (Hb := beta2_range). induction 1 as [|t Ht IH]; rewrite v_S.
    - assert (E : g 1%nat = C) by (apply (loud_rounds 0); exact start).
      rewrite (proj1 plays_game), E. nra.
    - assert (0 <= g (S t) * g (S t)) by apply Rle_0_sqr. nra.
  Qed.

  (** After a soft round v is small. *)
  Lemma v_soft n : loud (S n) = false -> v (S n) <= beta2 * v n + (1 - beta2).
  Proof.
    intros H. destruct (soft_rounds n H) as [Hg _]. rewrite v_S. assert (Hb := beta2_range).
    assert (g (S n) * g (S n) <= 1) by nra. nra.
  Qed.

  (** The size of a step, in one fraction. *)
  Lemma step_size a s : (1 <= s)%nat ->
    alpha / sqrt (INR s) * (a / sqrt (v s / c s)) = alpha * a / sqrt (INR s * (v s / c s)).
  Proof.
    intros Hs. assert (H1 := INR_pos s Hs). assert (H2 := v_pos s Hs). assert (H3 := c_pos s Hs).
    assert (H4 : 0 < v s / c s) by (apply Rdiv_lt_0_compat; assumption).
    rewrite sqrt_mult by lra. assert (H5 := sqrt_lt_R0 _ H1). assert (H6 := sqrt_lt_R0 _ H4).
    field. lra.
  Qed.

  Lemma c_mono_le t s : (1 <= t <= s)%nat -> c t <= c s.
  Proof.
    intros [Ht Hs]. induction Hs as [|s Hs IH]; [lra|]. assert (H := c_mono s ltac:(lia)). lra.
  Qed.

  (** A soft step in round s makes up for the part p of a loud one in round t. *)
  Lemma soft_step p t s : 0 <= p -> (1 <= t <= s)%nat ->
    p ^ 2 * C ^ 2 * (INR s * v s) <= INR t * v t ->
    p * (alpha / sqrt (INR t) * (C / sqrt (v t / c t)))
    <= alpha / sqrt (INR s) * (1 / sqrt (v s / c s)).
  Proof.
    intros Hp Hts H. rewrite !step_size by lia.
    assert (Ht := INR_pos t ltac:(lia)). assert (Hs := INR_pos s ltac:(lia)).
    assert (vt := v_pos t ltac:(lia)). assert (vs := v_pos s ltac:(lia)).
    assert (ct := c_pos t ltac:(lia)). assert (cs := c_mono_le t s Hts).
    set (A := INR t * (v t / c t)). set (B := INR s * (v s / c s)).
    assert (HA : 0 < A) by (apply Rmult_lt_0_compat; [|apply Rdiv_lt_0_compat]; lra).
    assert (HB : 0 < B) by (apply Rmult_lt_0_compat; [|apply Rdiv_lt_0_compat]; lra).
    assert (HAB : (p * C) ^ 2 * B <= A).
    { apply Rle_trans with (INR t * v t / c s).
      - unfold B. replace ((p * C) ^ 2 * (INR s * (v s / c s)))
          with (p ^ 2 * C ^ 2 * (INR s * v s) / c s) by (field; lra).
        apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra | exact H].
      - unfold A. replace (INR t * (v t / c t)) with (INR t * v t / c t) by (field; lra).
        apply Rmult_le_compat_l; [nra | apply Rinv_le_contravar; lra]. }
    assert (Hroot : p * C * sqrt B <= sqrt A).
    { rewrite <- (sqrt_pow2 (p * C)) by nra. rewrite <- sqrt_mult by (try apply pow2_ge_0; lra).
      apply sqrt_le_1_alt, HAB. }
    assert (HsA := sqrt_lt_R0 _ HA). assert (HsB := sqrt_lt_R0 _ HB).
    replace (p * (alpha * C / sqrt A)) with (alpha * (p * C * sqrt B) / (sqrt A * sqrt B))
      by (field; lra).
    replace (alpha * 1 / sqrt B) with (alpha * sqrt A / (sqrt A * sqrt B)) by (field; lra).
    apply Rmult_le_compat_r; [|apply Rmult_le_compat_l; lra].
    left. apply Rinv_0_lt_compat, Rmult_lt_0_compat; assumption.
  Qed.

  (** The two soft steps of a cycle make up for parts p and 1 - p. *)
  Lemma parts k : 1 <= X (3 * k)%nat -> exists p, 0 <= p <= 1 /\
    p ^ 2 * C ^ 2 * (INR (S (S (3 * k))) * v (S (S (3 * k)))) <= INR (S (3 * k)) * v (S (3 * k)) /\
    (1 - p) ^ 2 * C ^ 2 * (INR (S (S (S (3 * k)))) * v (S (S (S (3 * k)))))
    <= INR (S (3 * k)) * v (S (3 * k)).
  Proof.
    intros Hk. assert (Hb := beta2_range). assert (HbC := beta2_C).
    set (w := fun t => v t / (1 - beta2)).
    assert (Hw : forall t, v t = (1 - beta2) * w t) by (intros; unfold w; field; lra).
    assert (W1 : C ^ 2 <= w (S (3 * k))).
    { assert (H := v_least (3 * k)). rewrite (loud_rounds k Hk), Hw in H. nra. }
    assert (W2 : w (S (S (3 * k))) <= beta2 * w (S (3 * k)) + 1).
    { assert (H := v_soft _ (loud_2 k)). rewrite !Hw in H. nra. }
    assert (W3 : w (S (S (S (3 * k)))) <= beta2 * w (S (S (3 * k))) + 1).
    { assert (H := v_soft _ (loud_3 k)). rewrite !Hw in H. nra. }
    assert (enough : forall q s,
      q ^ 2 * (INR s * w s) <= INR (S (3 * k)) ->
      q ^ 2 * C ^ 2 * (INR s * v s) <= INR (S (3 * k)) * v (S (3 * k))).
    { intros q s H. rewrite !Hw.
      replace (q ^ 2 * C ^ 2 * (INR s * ((1 - beta2) * w s)))
        with ((1 - beta2) * (q ^ 2 * (INR s * w s) * C ^ 2)) by ring.
      replace (INR (S (3 * k)) * ((1 - beta2) * w (S (3 * k))))
        with ((1 - beta2) * (INR (S (3 * k)) * w (S (3 * k)))) by ring.
      apply Rmult_le_compat_l; [lra|]. assert (Hs := pos_INR (S (3 * k))).
      apply Rle_trans with (INR (S (3 * k)) * C ^ 2).
      - apply Rmult_le_compat_r; [apply pow2_ge_0 | exact H].
      - apply Rmult_le_compat_l; assumption. }
    destruct k as [|k].
    - (* v starts at 0: w = C^2, then w <= 2 - beta2, then w <= 1 + 2 beta2 - beta2^2 *)
      assert (W0 : w 1%nat = C ^ 2).
      { assert (E : g 1%nat = C) by (apply (loud_rounds 0); exact start).
        assert (H := v_S 0). rewrite E, (proj1 plays_game), Hw in H. nra. }
      exists (1 / 2 + beta2 / 8).
      split; [lra|]. split; apply enough; change (3 * 0)%nat with 0%nat in *.
      + rewrite W0 in W2. replace (INR 2) with 2 by (simpl; ring). change (INR 1) with 1.
        clear - Hb HbC W2. apply Rle_trans with ((1 / 2 + beta2 / 8) ^ 2 * (2 * (2 - beta2))).
        * apply Rmult_le_compat_l; [apply pow2_ge_0 | lra].
        * assert (0 <= beta2 ^ 2) by apply pow2_ge_0.
          assert (0 <= beta2 ^ 3) by (apply pow_le; lra). lra.
      + rewrite W0 in W2. replace (INR 3) with 3 by (simpl; ring). change (INR 1) with 1.
        clear - Hb HbC W2 W3.
        assert (W3' : w 3%nat <= 1 + 2 * beta2) by nra.
        assert (Q : (1 - (1 / 2 + beta2 / 8)) ^ 2 <= 1 / 4 - 12 / 100 * beta2) by nra.
        assert (Q0 := pow2_ge_0 (1 - (1 / 2 + beta2 / 8))).
        apply Rle_trans with ((1 / 4 - 12 / 100 * beta2) * (3 * (1 + 2 * beta2))); [|nra].
        apply Rle_trans with ((1 - (1 / 2 + beta2 / 8)) ^ 2 * (3 * (1 + 2 * beta2))).
        * apply Rmult_le_compat_l; lra.
        * apply Rmult_le_compat_r; lra.
    - (* w <= 2 in both soft rounds, since v <= C^2 before them *)
      assert (V : forall n, beta2 * w n <= 1).
      { intros n. assert (H := v_range n). rewrite Hw in H. nra. }
      assert (V1 := V (S (3 * S k))). assert (V2 := V (S (S (3 * S k)))).
      assert (Hn : INR 3 <= INR (3 * S k)) by (apply le_INR; lia).
      replace (INR 3) with 3 in Hn by (simpl; ring).
      exists (1 / 2). split; [lra|].
      split; apply enough; rewrite !S_INR; revert Hn W2 W3 V1 V2; generalize (INR (3 * S k));
        clear; intros; nra.
  Qed.

  Lemma move n :
    Rmin 1 (X n - alpha / sqrt (INR (S n)) * (g (S n) / sqrt (v (S n) / c (S n)))) <= X (S n).
  Proof. rewrite (proj2 (proj2 plays_game n)). apply projected. Qed.

  (** A step is a positive multiple of its gradient, and no longer than alpha / sqrt (1 - beta2). *)
  Lemma step_is n : exists a, 0 < a /\
    (forall x, alpha / sqrt (INR (S n)) * (x / sqrt (v (S n) / c (S n))) = a * x) /\
    (c (S n) <= 1 -> a * Rabs (g (S n)) <= alpha / sqrt (1 - beta2)).
  Proof.
    assert (Hv := v_pos (S n) ltac:(lia)). assert (Hc := c_pos (S n) ltac:(lia)).
    assert (Hw : 0 < v (S n) / c (S n)) by (apply Rdiv_lt_0_compat; assumption).
    assert (Hr := sqrt_lt_R0 _ Hw). assert (Hs := sqrt_lt_R0 _ (INR_pos (S n) ltac:(lia))).
    assert (Hb := beta2_range). assert (Hq : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
    exists (alpha / sqrt (INR (S n)) / sqrt (v (S n) / c (S n))). split; [|split].
    - repeat apply Rdiv_lt_0_compat; assumption.
    - intros x. field. lra.
    - intros Hc1.
      assert (Hg : sqrt (1 - beta2) * Rabs (g (S n)) <= sqrt (v (S n) / c (S n))).
      { rewrite <- sqrt_Rsqr_abs, <- sqrt_mult by (try apply Rle_0_sqr; lra).
        apply sqrt_le_1_alt. unfold Rsqr.
        apply Rle_trans with (1 := v_least n).
        apply Rmult_le_reg_r with (c (S n)); [assumption|]. field_simplify; [nra | lra]. }
      assert (H1 : 1 <= sqrt (INR (S n))).
      { rewrite <- sqrt_1. apply sqrt_le_1_alt. rewrite S_INR. assert (P := pos_INR n). lra. }
      replace (alpha / sqrt (INR (S n)) / sqrt (v (S n) / c (S n)) * Rabs (g (S n)))
        with (alpha * (sqrt (1 - beta2) * Rabs (g (S n)) / sqrt (v (S n) / c (S n)))
              * / sqrt (INR (S n)) / sqrt (1 - beta2)) by (field; lra).
      apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|].
      rewrite <- (Rmult_1_r alpha) at 2. rewrite Rmult_assoc.
      apply Rmult_le_compat_l; [lra|]. apply Rle_trans with (1 * 1); [|lra].
      assert (P := Rabs_pos (g (S n))).
      apply Rmult_le_compat.
      + apply Rmult_le_pos; [apply Rmult_le_pos; lra | left; apply Rinv_0_lt_compat; lra].
      + left. apply Rinv_0_lt_compat. lra.
      + apply Rmult_le_reg_r with (sqrt (v (S n) / c (S n))); [lra|]. field_simplify; lra.
      + rewrite <- Rinv_1. apply Rinv_le_contravar; lra.
  Qed.

  (** A soft round does not lead below 1, and if it starts below, it leads up. *)
  Lemma soft_move n : loud (S n) = false ->
    Rmin 1 (X n + alpha / sqrt (INR (S n)) * (1 / sqrt (v (S n) / c (S n)))) <= X (S n).
  Proof.
    intros Hn. destruct (soft_rounds n Hn) as [Hg Hlow]. eapply Rle_trans; [|apply move].
    destruct (step_is n) as (a & Ha & E & _). rewrite !E.
    destruct (Rlt_le_dec (X n) 1) as [H|H].
    - rewrite (Hlow H). apply Req_le. f_equal. ring.
    - apply Rle_trans with 1; [apply Rmin_l|]. apply Rmin_glb; nra.
  Qed.

  Lemma loud_step_pos n : 0 <= alpha / sqrt (INR (S n)) * (C / sqrt (v (S n) / c (S n))).
  Proof. destruct (step_is n) as (a & Ha & E & _). rewrite E. nra. Qed.

  Lemma returns k : 1 <= X (3 * k)%nat.
  Proof.
    induction k as [|k IH]; [exact start|]. rewrite next_cycle.
    destruct (parts k IH) as (p & Hp & H1 & H2).
    assert (U1 := soft_step p (S (3 * k)) (S (S (3 * k))) ltac:(lra) ltac:(lia) H1).
    assert (U2 := soft_step (1 - p) (S (3 * k)) (S (S (S (3 * k)))) ltac:(lra) ltac:(lia) H2).
    assert (M1 := move (3 * k)). rewrite (loud_rounds k IH) in M1.
    assert (M2 := soft_move _ (loud_2 k)). assert (M3 := soft_move _ (loud_3 k)).
    exact (three_moves _ _ _ _ _ _ _ _ Hp IH (loud_step_pos (3 * k)) M1 M2 M3 U1 U2).
  Qed.
End Cycles.

(** ** Regret that grows by A in every cycle *)

Lemma linear_in_cycles (r : nat -> R) A :
  (forall k, A <= r (S (3 * k)) + r (S (S (3 * k))) + r (S (S (S (3 * k))))) ->
  (forall k, 0 <= r (S (3 * k))) ->
  (forall k, 0 <= r (S (3 * k)) + r (S (S (3 * k)))) ->
  forall T, A * INR (T / 3) <= sum r T.
Proof.
  intros H3 H1 H2.
  assert (H0 : forall k, A * INR k <= sum r (3 * k)).
  { induction k as [|k IH]; [simpl; lra|]. rewrite next_cycle, S_INR, !sum_S.
    specialize (H3 k). lra. }
  apply (in_cycles (fun k T => A * INR k <= sum r T)). intros k.
  specialize (H0 k). specialize (H1 k). specialize (H2 k).
  cbv beta. rewrite !sum_S. repeat split; lra.
Qed.

Lemma cycles_of T : INR T = 3 * INR (T / 3) + INR (T mod 3) /\ 0 <= INR (T mod 3) <= 2.
Proof.
  split; [|split; [apply pos_INR|]].
  - rewrite (Nat.div_mod T 3) at 1 by lia. rewrite plus_INR, mult_INR. simpl (INR 3). ring.
  - replace 2 with (INR 2) by (simpl; ring). apply le_INR.
    assert (B := Nat.mod_upper_bound T 3 ltac:(lia)). lia.
Qed.

(** What grows in every cycle exceeds every multiple of the root, from some round on. *)
Lemma linear_exceeds_root A K : 0 < A ->
  exists T0, (1 <= T0)%nat /\
  forall T, (T0 <= T)%nat -> K * sqrt (INR T) < A * INR (T / 3).
Proof.
  intros HA. assert (HK := Rabs_pos K). set (B := 3 * (Rabs K / A) + 3).
  assert (HB : 3 <= B).
  { assert (0 <= Rabs K / A); [|unfold B; lra].
    apply Rmult_le_pos; [exact HK | left; apply Rinv_0_lt_compat, HA]. }
  assert (HAB : A * B = 3 * Rabs K + 3 * A) by (unfold B; field; lra). clearbody B.
  destruct (archimed_cor1 (/ B)) as (n & Hn & Hn0); [apply Rinv_0_lt_compat; lra|].
  apply lt_0_INR in Hn0 as Hnpos.
  assert (HBn : B <= INR n).
  { rewrite <- (Rinv_inv B), <- (Rinv_inv (INR n)). apply Rinv_le_contravar; [|lra].
    apply Rinv_0_lt_compat, Hnpos. }
  exists (n * n)%nat. split; [nia|]. intros T HT.
  destruct (cycles_of T) as [E Hm].
  assert (Hq : B <= sqrt (INR T)).
  { apply Rle_trans with (INR n); [exact HBn|]. rewrite <- (sqrt_square (INR n)) by lra.
    apply sqrt_le_1_alt. rewrite <- mult_INR. apply le_INR, HT. }
  assert (Hsq := sqrt_sqrt (INR T) (pos_INR T)).
  set (q := sqrt (INR T)) in *. set (k := INR (T / 3)) in *. clearbody q k.
  (* 3 A k >= A (q^2 - 2), and A q^2 >= A B q = 3 |K| q + 3 A q *)
  assert (H1 : K * q <= Rabs K * q) by (apply Rmult_le_compat_r; [lra | apply Rle_abs]).
  assert (H2 : A * B * q <= A * (q * q)).
  { rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_r; lra. }
  rewrite HAB in H2.
  assert (H3 : A * (q * q) <= A * (3 * k + 2)) by (apply Rmult_le_compat_l; lra).
  assert (H4 : A * 3 <= A * q) by (apply Rmult_le_compat_l; lra).
  lra.
Qed.

Lemma uncorrected_pos t : (1 <= t)%nat -> 0 < uncorrected t.
Proof. unfold uncorrected. lra. Qed.

Lemma uncorrected_mono t : (1 <= t)%nat -> uncorrected t <= uncorrected (S t).
Proof. unfold uncorrected. lra. Qed.

Lemma corrected_pos beta2 t : 0 <= beta2 < 1 -> (1 <= t)%nat -> 0 < corrected beta2 t.
Proof. intros H Ht. unfold corrected. assert (P := pow_lt_1 beta2 t H Ht). lra. Qed.

Lemma corrected_mono beta2 t : 0 <= beta2 < 1 -> corrected beta2 t <= corrected beta2 (S t).
Proof.
  intros H. unfold corrected. simpl. assert (P : 0 <= beta2 ^ t) by (apply pow_le; lra). nra.
Qed.

Lemma corrected_le_1 beta2 t : 0 <= beta2 < 1 -> corrected beta2 t <= 1.
Proof. intros H. unfold corrected. assert (P : 0 <= beta2 ^ t) by (apply pow_le; lra). lra. Qed.

Lemma beta2_below_1 C beta2 : 2 < C -> 0 < beta2 <= 1 / (1 + C ^ 2) -> 0 <= beta2 < 1.
Proof. intros H Hb. assert (R := beta2_range C beta2 H Hb). lra. Qed.

(** ** The game of Reddi, Kale and Kumar *)

(** f_t(x) = C x in every third round, beginning with the first, else -x; and its slope. *)
Definition reddi (C : R) (t : nat) (x : R) : R := if loud t then C * x else - x.
Definition reddi_slope (C : R) (t : nat) : R := if loud t then C else -1.

Lemma reddi_played C alpha beta2 c X v :
  2 < C -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) ->
  (forall t, (1 <= t)%nat -> 0 < c t) -> (forall t, (1 <= t)%nat -> c t <= c (S t)) ->
  X 0%nat = 1 ->
  plays (clip (-1) 1) alpha beta2 c X v (reddi_slope C) ->
  (forall k, X (3 * k)%nat = 1) /\
  (forall T, (2 * C - 4) * INR (T / 3)
             <= \sum_(t <= T) (reddi C t (X (t - 1)%nat) - reddi C t (-1))).
Proof.
  intros HC Ha Hb Hc1 Hc2 H0 H.
  assert (Hin : forall n, -1 <= X n <= 1).
  { intros [|n]; [lra|]. rewrite (proj2 (proj2 H n)). apply clip_in. lra. }
  assert (Hret : forall k, X (3 * k)%nat = 1).
  { intros k. apply Rle_antisym; [apply Hin|].
    apply (returns C alpha beta2 (clip (-1) 1) c X v (reddi_slope C));
      try assumption; try reflexivity; try lra.
    - intros x. unfold clip. apply Rmax_r.
    - intros n. unfold reddi_slope. destruct loud; unfold Rabs; destruct Rcase_abs; lra.
    - intros j _. unfold reddi_slope. rewrite loud_1. reflexivity.
    - intros n Hn. unfold reddi_slope. rewrite Hn. lra. }
  split; [exact Hret|].
  apply linear_in_cycles; intros k; unfold reddi; rewrite ?loud_1, ?loud_2, ?loud_3;
    cbn [Nat.sub]; rewrite ?Nat.sub_0_r, (Hret k);
    assert (A := Hin (S (3 * k))); assert (B := Hin (S (S (3 * k)))); lra.
Qed.

Lemma reddi_best C T y : 2 <= C -> -1 <= y ->
  \sum_(t <= T) reddi C t (-1) <= \sum_(t <= T) reddi C t y.
Proof.
  intros HC Hy.
  cut (0 * INR (T / 3) <= \sum_(t <= T) (reddi C t y - reddi C t (-1))).
  { rewrite sum_minus. lra. }
  apply linear_in_cycles; intros k; unfold reddi; rewrite ?loud_1, ?loud_2, ?loud_3; nra.
Qed.

(** C59. "Comparable to the best known results", which are of the order sqrt T: on this game the
    regret is linear (Reddi, Kale and Kumar, Theorem 1). The losses are Cx, -x, -x, ... on [-1, 1],
    C > 2; Adam has beta1 = 0, beta2 = 1 / (1 + C^2), alpha_t = alpha / sqrt t, is without bias
    correction and projected, and starts from 1; new: every alpha > 0, and every smaller beta2. It
    is back at 1, the worst point, after every cycle; the best point is -1; and
    R(T) >= (2C - 4) floor(T / 3). *)
Theorem reddi_linear_regret :
  forall C alpha beta2, 2 < C -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) ->
  let x t := point (run (fun s => adam_uncorrected (alpha / sqrt (INR s)) 0 beta2 0 s)
                        (clip (-1) 1) 1 (0, 0) (reddi_slope C) (t - 1)) in
  (forall k, x (3 * k + 1)%nat = 1) /\
  (forall T y, -1 <= y <= 1 -> \sum_(t <= T) reddi C t (-1) <= \sum_(t <= T) reddi C t y) /\
  (forall T, (2 * C - 4) * INR (T / 3) <= \sum_(t <= T) (reddi C t (x t) - reddi C t (-1))).
Proof.
  intros C alpha beta2 HC Ha Hb x.
  destruct (reddi_played C alpha beta2 uncorrected _ _ HC Ha Hb uncorrected_pos uncorrected_mono
              eq_refl (uncorrected_plays (clip (-1) 1) alpha beta2 1 (reddi_slope C)))
    as [H1 H2].
  split; [|split; [|exact H2]].
  - intros k. unfold x. rewrite Nat.add_sub. apply H1.
  - intros T y Hy. apply reddi_best; lra.
Qed.

(** C59. The same with bias correction: Algorithm 1, projected. *)
Theorem reddi_linear_regret_corrected :
  forall C alpha beta2, 2 < C -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) ->
  let x t := point (run (fun s => adam (alpha / sqrt (INR s)) 0 beta2 0 s)
                        (clip (-1) 1) 1 (0, 0) (reddi_slope C) (t - 1)) in
  (forall k, x (3 * k + 1)%nat = 1) /\
  (forall T, (2 * C - 4) * INR (T / 3) <= \sum_(t <= T) (reddi C t (x t) - reddi C t (-1))).
Proof.
  intros C alpha beta2 HC Ha Hb x. assert (Hb' := beta2_below_1 C beta2 HC Hb).
  destruct (reddi_played C alpha beta2 (corrected beta2) _ _ HC Ha Hb
              (fun t => corrected_pos _ t Hb') (fun t _ => corrected_mono _ t Hb') eq_refl
              (adam_plays (clip (-1) 1) alpha beta2 1 (reddi_slope C)))
    as [H1 H2].
  split; [|exact H2]. intros k. unfold x. rewrite Nat.add_sub. apply H1.
Qed.

(** C59. So on this game the regret is above K sqrt T for ever, from some T on, whatever K. *)
Theorem reddi_no_root_bound :
  forall C alpha beta2, 2 < C -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) ->
  let x t := point (run (fun s => adam_uncorrected (alpha / sqrt (INR s)) 0 beta2 0 s)
                        (clip (-1) 1) 1 (0, 0) (reddi_slope C) (t - 1)) in
  forall K, exists T0, forall T, (T0 <= T)%nat ->
  K * sqrt (INR T) < \sum_(t <= T) (reddi C t (x t) - reddi C t (-1)).
Proof.
  intros C alpha beta2 HC Ha Hb x K.
  destruct (reddi_linear_regret C alpha beta2 HC Ha Hb) as (_ & _ & H).
  destruct (linear_exceeds_root (2 * C - 4) K) as (T0 & _ & HK); [lra|].
  exists T0. intros T HT. eapply Rlt_le_trans; [apply HK, HT | apply H].
Qed.

(** ** No more than that; and nothing with C = 2 *)

Lemma reddi_slope_loud C k : reddi_slope C (S (3 * k)) = C.
Proof. unfold reddi_slope. rewrite loud_1. reflexivity. Qed.

(** In a cycle only the step down costs more than 2 C - 4, twice its length. *)
Lemma reddi_at_most C alpha beta2 c X v :
  2 <= C -> 0 < alpha -> 0 < beta2 < 1 -> (forall t, (1 <= t)%nat -> 0 < c t <= 1) ->
  -1 <= X 0%nat <= 1 -> plays (clip (-1) 1) alpha beta2 c X v (reddi_slope C) ->
  forall T, \sum_(t <= T) (reddi C t (X (t - 1)%nat) - reddi C t (-1))
    <= (2 * C - 4) * INR (T / 3)
       + 2 * alpha / sqrt (1 - beta2) * (1 + 2 / 3 * sqrt (INR T)) + 2 * C.
Proof.
  intros HC Ha Hb Hc H0 H. set (s := alpha / sqrt (1 - beta2)).
  assert (Hq : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (Hs : 0 < s) by (apply Rdiv_lt_0_compat; lra).
  replace (2 * alpha / sqrt (1 - beta2)) with (2 * s) by (unfold s; field; lra).
  assert (Hin : forall n, -1 <= X n <= 1).
  { intros [|n]; [lra|]. rewrite (proj2 (proj2 H n)). apply clip_in. lra. }
  assert (Hclip : forall x, Rmin 1 x <= clip (-1) 1 x) by (intros; apply Rmax_r).
  assert (Hv : forall n, (1 - beta2) * (reddi_slope C (S n) * reddi_slope C (S n)) <= v (S n)).
  { intros n. eapply v_at_least; [|exact H]. lra. }
  assert (Hdown : forall k, X (3 * k)%nat - X (S (3 * k)) <= s / sqrt (INR (S (3 * k)))).
  { intros k. assert (Hr := sqrt_lt_R0 _ (INR_pos (S (3 * k)) ltac:(lia))).
    specialize (Hv (3 * k)%nat). rewrite reddi_slope_loud in Hv.
    specialize (Hc (S (3 * k)) ltac:(lia)). destruct (proj2 H (3 * k)%nat) as [_ E].
    rewrite reddi_slope_loud in E.
    set (w := v (S (3 * k)) / c (S (3 * k))) in *.
    assert (Hw : (1 - beta2) * (C * C) <= w).
    { apply Rmult_le_reg_r with (c (S (3 * k))); [lra|].
      replace (w * c (S (3 * k))) with (v (S (3 * k))) by (unfold w; field; lra).
      assert (0 <= (1 - beta2) * (C * C)) by (apply Rmult_le_pos; nra). nra. }
    assert (Hroot : sqrt (1 - beta2) * C <= sqrt w).
    { rewrite <- (sqrt_square C) by lra. rewrite <- sqrt_mult by nra.
      apply sqrt_le_1_alt, Hw. }
    assert (Hrw : 0 < sqrt w) by nra.
    assert (Hd : 0 <= alpha / sqrt (INR (S (3 * k))) * (C / sqrt w)
                 <= s / sqrt (INR (S (3 * k)))).
    { split.
      - apply Rmult_le_pos; left; apply Rdiv_lt_0_compat; lra.
      - replace (alpha / sqrt (INR (S (3 * k))) * (C / sqrt w))
          with (alpha / (sqrt (1 - beta2) * sqrt (INR (S (3 * k))))
                * (sqrt (1 - beta2) * C / sqrt w)) by (field; lra).
        replace (s / sqrt (INR (S (3 * k))))
          with (alpha / (sqrt (1 - beta2) * sqrt (INR (S (3 * k)))) * 1)
          by (unfold s; field; lra).
        apply Rmult_le_compat_l; [left; apply Rdiv_lt_0_compat; nra|].
        apply Rmult_le_reg_r with (sqrt w); [exact Hrw|]. field_simplify; lra. }
    set (d := alpha / _ * _) in *. clearbody d. rewrite E.
    assert (M := Hclip (X (3 * k)%nat - d)). rewrite Rmin_right in M; [lra|].
    specialize (Hin (3 * k)%nat). lra. }
  assert (Hup : forall n, loud (S n) = false -> X n <= X (S n)).
  { intros n Hn. specialize (Hv n). specialize (Hc (S n) ltac:(lia)).
    destruct (proj2 H n) as [_ E]. unfold reddi_slope in E, Hv. rewrite Hn in E, Hv.
    assert (Hr := sqrt_lt_R0 _ (INR_pos (S n) ltac:(lia))).
    assert (Hw : 0 < v (S n) / c (S n)) by (apply Rdiv_lt_0_compat; lra).
    apply sqrt_lt_R0 in Hw. rewrite E. eapply Rle_trans; [|apply Hclip].
    apply Rmin_glb; [apply Hin|].
    assert (0 < alpha / sqrt (INR (S n)) * (1 / sqrt (v (S n) / c (S n)))).
    { apply Rmult_lt_0_compat; apply Rdiv_lt_0_compat; lra. }
    unfold Rdiv in *. lra. }
  (* of the cycles: the root of 3 k - 2 grows by more than 3 / 2 over the next root *)
  set (r := fun t => reddi C t (X (t - 1)%nat) - reddi C t (-1)). fold (sum r).
  assert (R1 : forall k, r (S (3 * k)) = C * (X (3 * k)%nat + 1)).
  { intros k. unfold r, reddi. rewrite loud_1. cbn [Nat.sub]. rewrite Nat.sub_0_r. ring. }
  assert (R2 : forall k, r (S (S (3 * k))) = - X (S (3 * k)) - 1).
  { intros k. unfold r, reddi. rewrite loud_2. cbn [Nat.sub]. ring. }
  assert (R3 : forall k, r (S (S (S (3 * k)))) = - X (S (S (3 * k))) - 1).
  { intros k. unfold r, reddi. rewrite loud_3. cbn [Nat.sub]. ring. }
  clearbody r.
  assert (Hcycle : forall k, r (S (3 * k)) + r (S (S (3 * k))) + r (S (S (S (3 * k))))
                             <= 2 * C - 4 + 2 * (s / sqrt (INR (S (3 * k))))).
  { intros k. rewrite R1, R2, R3. specialize (Hdown k). assert (U := Hup _ (loud_2 k)).
    specialize (Hin (3 * k)%nat). nra. }
  assert (Hsum : forall k, sum r (3 * S k)
    <= (2 * C - 4) * INR (S k) + 2 * s * (1 / 3 + 2 / 3 * sqrt (INR (S (3 * k))))).
  { induction k as [|k IH]; rewrite next_cycle, !sum_S.
    - specialize (Hcycle 0%nat). simpl in Hcycle |- *. rewrite sqrt_1 in *. lra.
    - specialize (Hcycle (S k)). rewrite (S_INR (S k)).
      assert (E3 : INR (S (3 * S k)) = INR (S (3 * k)) + 3).
      { rewrite next_cycle, !S_INR. ring. }
      rewrite E3 in *. assert (Hn := INR_pos (S (3 * k)) ltac:(lia)).
      set (n := INR (S (3 * k))) in *. clearbody n.
      assert (Hroots : 1 / sqrt (n + 3) <= 2 / 3 * (sqrt (n + 3) - sqrt n)).
      { assert (A := sqrt_sqrt n ltac:(lra)). assert (B := sqrt_sqrt (n + 3) ltac:(lra)).
        assert (P := sqrt_lt_R0 (n + 3) ltac:(lra)).
        apply Rmult_le_reg_r with (sqrt (n + 3)); [exact P|].
        replace (1 / sqrt (n + 3) * sqrt (n + 3)) with 1 by (field; lra).
        assert (0 <= (sqrt (n + 3) - sqrt n) * (sqrt (n + 3) - sqrt n)) by apply Rle_0_sqr.
        lra. }
      apply Rmult_le_compat_l with (r := 2 * s) in Hroots; [|lra].
      replace (2 * (s / sqrt (n + 3))) with (2 * s * (1 / sqrt (n + 3))) in Hcycle
        by (unfold Rdiv; ring).
      lra. }
  assert (Hwhole : forall k, sum r (3 * k)
    <= (2 * C - 4) * INR k + 2 * s * (1 + 2 / 3 * sqrt (INR (3 * k)))).
  { intros [|k]; [simpl; rewrite sqrt_0; lra|]. eapply Rle_trans; [apply Hsum|].
    assert (sqrt (INR (S (3 * k))) <= sqrt (INR (3 * S k))).
    { apply sqrt_le_1_alt, le_INR. lia. }
    nra. }
  assert (Hmono : forall n p, (n <= p)%nat -> s * sqrt (INR n) <= s * sqrt (INR p)).
  { intros n p Hnp. apply Rmult_le_compat_l; [lra|]. apply sqrt_le_1_alt, le_INR, Hnp. }
  apply (in_cycles (fun k T =>
    sum r T <= (2 * C - 4) * INR k + 2 * s * (1 + 2 / 3 * sqrt (INR T)) + 2 * C)).
  intros k. specialize (Hwhole k). rewrite !sum_S, R1, R2.
  assert (A := Hin (3 * k)%nat). assert (B := Hin (S (3 * k))).
  assert (M1 := Hmono (3 * k)%nat (S (3 * k)) ltac:(lia)).
  assert (M2 := Hmono (3 * k)%nat (S (S (3 * k))) ltac:(lia)).
  assert (HX : C * X (3 * k)%nat <= C * 1) by (apply Rmult_le_compat_l; lra).
  repeat split; lra.
Qed.

(** And R(T) is not much more: for all C >= 2, beta2 and starts, against every y. *)
Theorem reddi_regret_at_most :
  forall C alpha beta2 x1, 2 <= C -> 0 < alpha -> 0 < beta2 < 1 -> -1 <= x1 <= 1 ->
  let x t := point (run (fun s => adam_uncorrected (alpha / sqrt (INR s)) 0 beta2 0 s)
                        (clip (-1) 1) x1 (0, 0) (reddi_slope C) (t - 1)) in
  forall T y, -1 <= y <= 1 ->
  \sum_(t <= T) (reddi C t (x t) - reddi C t y)
  <= (2 * C - 4) * INR (T / 3)
     + 2 * alpha / sqrt (1 - beta2) * (1 + 2 / 3 * sqrt (INR T)) + 2 * C.
Proof.
  intros C alpha beta2 x1 HC Ha Hb Hx x T y Hy.
  assert (H := reddi_at_most C alpha beta2 uncorrected _ _ HC Ha Hb
                 (fun t _ => conj Rlt_0_1 (Rle_refl 1)) Hx
                 (uncorrected_plays (clip (-1) 1) alpha beta2 x1 (reddi_slope C)) T).
  eapply Rle_trans; [|exact H]. rewrite !sum_minus.
  assert (B := reddi_best C T y HC ltac:(lra)). apply Rplus_le_compat; [|lra].
  apply Req_le. reflexivity.
Qed.

(** C59. On that game R(T) / T tends to (2 C - 4) / 3, with an error of O(1 / sqrt T). *)
Theorem reddi_average_regret :
  forall C alpha beta2, 2 < C -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) ->
  let x t := point (run (fun s => adam_uncorrected (alpha / sqrt (INR s)) 0 beta2 0 s)
                        (clip (-1) 1) 1 (0, 0) (reddi_slope C) (t - 1)) in
  exists M, forall T, (1 <= T)%nat ->
  Rabs ((\sum_(t <= T) (reddi C t (x t) - reddi C t (-1))) / INR T - (2 * C - 4) / 3)
  <= M / sqrt (INR T).
Proof.
  intros C alpha beta2 HC Ha Hb x. assert (Hb' := beta2_range C beta2 HC Hb).
  set (s := alpha / sqrt (1 - beta2)).
  exists (2 * C - 4 + 10 / 3 * s + 2 * C). intros T HT.
  destruct (reddi_linear_regret C alpha beta2 HC Ha Hb) as (_ & _ & Hlow). specialize (Hlow T).
  assert (Hhigh := reddi_regret_at_most C alpha beta2 1 ltac:(lra) Ha ltac:(lra)
                     ltac:(lra) T (-1) ltac:(lra)).
  cbv zeta in Hhigh. fold x in Hlow, Hhigh.
  set (r := sum _ T) in *. clearbody r.
  assert (Hs : 0 < s) by (apply Rdiv_lt_0_compat; [|apply sqrt_lt_R0]; lra).
  replace (2 * alpha / sqrt (1 - beta2)) with (2 * s) in Hhigh
    by (unfold s, Rdiv; ring).
  clearbody s.
  destruct (cycles_of T) as [E Hm].
  assert (HT1 : 1 <= sqrt (INR T)) by (rewrite <- sqrt_1; apply sqrt_le_1_alt, (le_INR 1 T HT)).
  assert (Hq := sqrt_sqrt (INR T) (pos_INR T)).
  set (k := INR (T / 3)) in *. set (m := INR (T mod 3)) in *. set (q := sqrt (INR T)) in *.
  set (n := INR T) in *. clearbody k m q n.
  assert (Hn : 1 <= n) by nra.
  apply Rmult_le_reg_r with n; [lra|]. rewrite <- (Rabs_pos_eq n) at 2 by lra.
  rewrite <- Rabs_mult.
  replace ((r / n - (2 * C - 4) / 3) * n) with (r - (2 * C - 4) / 3 * n) by (field; lra).
  replace ((2 * C - 4 + 10 / 3 * s + 2 * C) / q * n)
    with ((2 * C - 4 + 10 / 3 * s + 2 * C) * q) by (rewrite <- Hq; field; lra).
  assert (H1 : (2 * C - 4) * m <= (2 * C - 4) * 2) by (apply Rmult_le_compat_l; lra).
  assert (H0 : 0 <= (2 * C - 4) * m) by (apply Rmult_le_pos; lra).
  assert (Hsq : s * 1 <= s * q) by (apply Rmult_le_compat_l; lra).
  assert (HCq : C * 1 <= C * q) by (apply Rmult_le_compat_l; lra).
  assert (HC2 : (C - 2) * 1 <= (C - 2) * q) by (apply Rmult_le_compat_l; lra).
  rewrite E. apply Rabs_le. lra.
Qed.

(** N34, S10. So C = 2 is no counterexample: the regret is O(sqrt T), whatever beta2. *)
Theorem two_is_not_enough :
  forall alpha beta2 x1, 0 < alpha -> 0 < beta2 < 1 -> -1 <= x1 <= 1 ->
  let x t := point (run (fun s => adam_uncorrected (alpha / sqrt (INR s)) 0 beta2 0 s)
                        (clip (-1) 1) x1 (0, 0) (reddi_slope 2) (t - 1)) in
  forall T y, -1 <= y <= 1 ->
  \sum_(t <= T) (reddi 2 t (x t) - reddi 2 t y)
  <= 2 * alpha / sqrt (1 - beta2) * (1 + 2 / 3 * sqrt (INR T)) + 4.
Proof.
  intros alpha beta2 x1 Ha Hb Hx x T y Hy.
  assert (H := reddi_regret_at_most 2 alpha beta2 x1 ltac:(lra) Ha Hb Hx T y Hy).
  cbv zeta in H. fold x in H. lra.
Qed.

(** ** A game that meets every hypothesis of section 4 *)

(** h(x) = -x up to 1, then bent until it is flat at 1 + delta. *)
Definition h (delta x : R) : R :=
  if Rle_dec x 1 then - x
  else if Rle_dec x (1 + delta) then - x + (x - 1) ^ 2 / (2 * delta)
  else - 1 - delta / 2.

(** Its slope rises from -1 to 0 between 1 and 1 + delta. *)
Definition h' (delta x : R) : R := clip (-1) 0 ((x - 1) / delta - 1).

(** f_t(x) = C h(-x) in every third round, beginning with the first, else h(x). On [-1, 1] it is the
    game of Reddi et al.; on the whole line the losses are convex, differentiable and bounded from
    below. *)
Definition literal (C delta : R) (t : nat) (x : R) : R :=
  if loud t then C * h delta (- x) else h delta x.

Definition literal_slope (C delta : R) (t : nat) (x : R) : R :=
  if loud t then - C * h' delta (- x) else h' delta x.

(** h(y) is the maximum over s from -1 to 0 of s (y - 1) - 1 - delta (s + 1)^2 / 2. *)
Lemma h_above delta s y : 0 < delta -> -1 <= s <= 0 ->
  s * (y - 1) - 1 - delta * (s + 1) ^ 2 / 2 <= h delta y.
Proof.
  intros Hd Hs. unfold h.
  assert (0 <= delta * (s + 1) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
  destruct Rle_dec as [H1|H1]; [nra|]. destruct Rle_dec as [H2|H2].
  - replace ((y - 1) ^ 2 / (2 * delta)) with (delta * ((y - 1) / delta) ^ 2 / 2) by (field; lra).
    assert (Hy : y = 1 + delta * ((y - 1) / delta)) by (field; lra).
    revert Hy. generalize ((y - 1) / delta). intros u ->.
    assert (0 <= delta * (u - (s + 1)) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]). nra.
  - assert (s * (y - 1) <= s * delta) by nra. nra.
Qed.

Lemma h'_range delta x : -1 <= h' delta x <= 0.
Proof. apply clip_in. lra. Qed.

Lemma h'_low delta x : 0 < delta -> x <= 1 -> h' delta x = -1.
Proof.
  intros Hd Hx. unfold h', clip. assert ((x - 1) / delta <= 0).
  { unfold Rdiv. assert (0 < / delta) by (apply Rinv_0_lt_compat; lra). nra. }
  rewrite Rmin_right, Rmax_left; lra.
Qed.

Lemma h'_high delta x : 0 < delta -> 1 + delta <= x -> h' delta x = 0.
Proof.
  intros Hd Hx. unfold h', clip. assert (1 <= (x - 1) / delta).
  { apply Rmult_le_reg_r with delta; [lra|]. field_simplify; lra. }
  rewrite Rmin_left, Rmax_right; lra.
Qed.

Lemma h'_between delta x : 0 < delta -> 1 <= x <= 1 + delta -> h' delta x = (x - 1) / delta - 1.
Proof.
  intros Hd Hx. apply clip_id. assert (0 <= (x - 1) / delta <= 1); [|lra]. split.
  - apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat]; lra.
  - apply Rmult_le_reg_r with delta; [lra|]. field_simplify; lra.
Qed.

(** The maximum is attained at the slope. *)
Lemma h_is delta y : 0 < delta ->
  h delta y = h' delta y * (y - 1) - 1 - delta * (h' delta y + 1) ^ 2 / 2.
Proof.
  intros Hd. unfold h. destruct Rle_dec as [H1|H1]; [rewrite h'_low by lra; field|].
  destruct Rle_dec as [H2|H2].
  - rewrite h'_between by lra. field. lra.
  - rewrite h'_high by lra. field.
Qed.

Lemma h_tangent delta x y : 0 < delta -> h delta x + h' delta x * (y - x) <= h delta y.
Proof.
  intros Hd. rewrite (h_is delta x Hd). assert (H := h_above delta _ y Hd (h'_range delta x)). lra.
Qed.

Lemma h'_lipschitz delta x y : 0 < delta ->
  Rabs (h' delta x - h' delta y) <= Rabs (x - y) / delta.
Proof.
  intros Hd. eapply Rle_trans; [apply clip_contracts|]. apply Req_le.
  replace ((x - 1) / delta - 1 - ((y - 1) / delta - 1)) with ((x - y) * / delta) by (field; lra).
  rewrite Rabs_mult, (Rabs_pos_eq (/ delta)); [reflexivity|]. left. apply Rinv_0_lt_compat, Hd.
Qed.

(** The error of the tangent is of second order. *)
Lemma h_smooth delta x y : 0 < delta ->
  h delta y - h delta x - h' delta x * (y - x) <= (y - x) ^ 2 / delta.
Proof.
  intros Hd. assert (H := h_tangent delta y x Hd). assert (L := h'_lipschitz delta y x Hd).
  assert (P : (h' delta y - h' delta x) * (y - x) <= Rabs (y - x) / delta * Rabs (y - x)).
  { eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult.
    apply Rmult_le_compat_r; [apply Rabs_pos | exact L]. }
  replace (Rabs (y - x) / delta * Rabs (y - x)) with (Rabs (y - x) ^ 2 / delta) in P
    by (field; lra).
  rewrite pow2_abs in P. lra.
Qed.

Lemma h_low delta x : x <= 1 -> h delta x = - x.
Proof. intros H. unfold h. destruct Rle_dec; lra. Qed.

Lemma h_least delta x : 0 < delta -> - 1 - delta / 2 <= h delta x.
Proof. intros Hd. assert (H := h_above delta 0 x Hd). lra. Qed.

(** The same of the losses. *)
Lemma literal_tangent C delta t x y : 0 < C -> 0 < delta ->
  literal C delta t x + literal_slope C delta t x * (y - x) <= literal C delta t y.
Proof.
  intros HC Hd. unfold literal, literal_slope. destruct loud; [|apply h_tangent, Hd].
  assert (H := h_tangent delta (- x) (- y) Hd). nra.
Qed.

Lemma literal_smooth C delta t x y : 1 <= C -> 0 < delta ->
  Rabs (literal C delta t y - literal C delta t x - literal_slope C delta t x * (y - x))
  <= C / delta * (y - x) ^ 2.
Proof.
  intros HC Hd. assert (H := literal_tangent C delta t x y ltac:(lra) Hd).
  rewrite Rabs_pos_eq by lra. clear H. unfold literal, literal_slope.
  replace (C / delta * (y - x) ^ 2) with (C * ((y - x) ^ 2 / delta)) by (field; lra).
  destruct loud.
  - assert (H := h_smooth delta (- x) (- y) Hd).
    replace ((- y - - x) ^ 2) with ((y - x) ^ 2) in H by ring. nra.
  - assert (H := h_smooth delta x y Hd). assert (0 <= (y - x) ^ 2 / delta); [|nra].
    apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat, Hd].
Qed.

Lemma literal_slope_size C delta t x : 1 <= C -> Rabs (literal_slope C delta t x) <= C.
Proof.
  intros HC. unfold literal_slope. assert (H := h'_range delta x).
  assert (H2 := h'_range delta (- x)).
  destruct loud; unfold Rabs; destruct Rcase_abs; nra.
Qed.

Lemma literal_convex C delta t x y a : 0 < C -> 0 < delta -> 0 <= a <= 1 ->
  literal C delta t (a * x + (1 - a) * y)
  <= a * literal C delta t x + (1 - a) * literal C delta t y.
Proof.
  intros HC Hd Ha. set (z := a * x + (1 - a) * y).
  assert (H1 := literal_tangent C delta t z x HC Hd).
  assert (H2 := literal_tangent C delta t z y HC Hd).
  assert (E : a * (x - z) + (1 - a) * (y - z) = 0) by (unfold z; ring).
  set (s := literal_slope C delta t z) in *.
  assert (E' : a * (s * (x - z)) + (1 - a) * (s * (y - z)) = 0).
  { replace (a * (s * (x - z)) + (1 - a) * (s * (y - z)))
      with (s * (a * (x - z) + (1 - a) * (y - z))) by ring. rewrite E. ring. }
  nra.
Qed.

(** A sum of the losses has a least point on the whole line, and it is near -1. *)
Lemma counts T : exists L S, 0 <= S <= 2 * L /\ ((1 <= T)%nat -> 1 <= L) /\
  forall A B, \sum_(t <= T) (if loud t then A else B) = L * A + S * B.
Proof.
  assert (H : forall k A B, \sum_(t <= 3 * k) (if loud t then A else B)
                            = INR k * A + 2 * INR k * B).
  { induction k as [|k IH]; intros A B; [simpl; ring|].
    rewrite next_cycle, !sum_S, IH, loud_1, loud_2, loud_3, S_INR. ring. }
  apply (in_cycles (fun _ T => exists L S, 0 <= S <= 2 * L /\ ((1 <= T)%nat -> 1 <= L) /\
    forall A B, \sum_(t <= T) (if loud t then A else B) = L * A + S * B)).
  intros k. assert (Hk := pos_INR k). repeat split.
  - exists (INR k), (2 * INR k). split; [lra|]. split; [|apply H].
    intros Hk1. apply (le_INR 1). lia.
  - exists (INR k + 1), (2 * INR k). split; [lra|]. split; [lra|]. intros A B.
    rewrite sum_S, H, loud_1. ring.
  - exists (INR k + 1), (2 * INR k + 1). split; [lra|]. split; [lra|]. intros A B.
    rewrite !sum_S, H, loud_1, loud_2. ring.
Qed.

Lemma literal_minimiser C delta T : 2 < C -> 0 < delta -> (1 <= T)%nat ->
  exists y, -1 - delta <= y <= -1 /\
  forall z, \sum_(t <= T) literal C delta t y <= \sum_(t <= T) literal C delta t z.
Proof.
  intros HC Hd HT. destruct (counts T) as (L & S & HS & HL & H). specialize (HL HT).
  set (q := S / (C * L)).
  assert (Hq : 0 <= q <= 1).
  { unfold q. split.
    - apply Rmult_le_pos; [lra|]. left. apply Rinv_0_lt_compat. nra.
    - apply Rmult_le_reg_r with (C * L); [nra|]. field_simplify; [nra | lra]. }
  assert (HqS : L * C * q = S) by (unfold q; field; lra).
  exists (- 1 - delta * (1 - q)). split; [nra|]. intros z.
  set (y := - 1 - delta * (1 - q)). unfold literal. rewrite !H.
  assert (H1 := h_tangent delta (- y) (- z) Hd). assert (H2 := h_tangent delta y z Hd).
  rewrite (h'_low delta y) in H2 by (unfold y; nra).
  rewrite (h'_between delta (- y)) in H1 by (unfold y; nra).
  replace ((- y - 1) / delta - 1) with (- q) in H1 by (unfold y; field; lra).
  assert (H3 : L * (C * h delta (- y) + C * q * (z - y)) <= L * (C * h delta (- z))).
  { apply Rmult_le_compat_l; nra. }
  assert (H4 : S * (h delta y + - 1 * (z - y)) <= S * h delta z).
  { apply Rmult_le_compat_l; lra. }
  replace (L * (C * h delta (- y) + C * q * (z - y)))
    with (L * (C * h delta (- y)) + L * C * q * (z - y)) in H3 by ring.
  rewrite HqS in H3. lra.
Qed.

(** *** Played by Adam, without projection *)

Lemma literal_played C delta alpha beta2 c X v g :
  2 < C -> 0 < delta < 2 * C - 4 -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) ->
  (forall t, (1 <= t)%nat -> 0 < c t <= 1) -> (forall t, (1 <= t)%nat -> c t <= c (S t)) ->
  X 0%nat = 1 ->
  plays free alpha beta2 c X v g ->
  (forall n, g (S n) = literal_slope C delta (S n) (X n)) ->
  (forall k, 1 <= X (3 * k)%nat) /\
  (forall T, (2 * C - 4 - delta) * INR (T / 3)
     <= \sum_(t <= T) (literal C delta t (X (t - 1)%nat) - literal C delta t (-1))) /\
  (forall n, 1 - alpha / sqrt (1 - beta2) <= X n
             <= 1 + delta + alpha / sqrt (1 - beta2)) /\
  (forall n, 0 < v (S n)).
Proof.
  intros HC Hd Ha Hb Hc1 Hc2 H0 H Hg.
  assert (Hloud : forall k, 1 <= X (3 * k)%nat -> g (S (3 * k)) = C).
  { intros k Hk. rewrite Hg. unfold literal_slope. rewrite loud_1, h'_low; lra. }
  assert (Hsoft : forall n, loud (S n) = false ->
    -1 <= g (S n) <= 0 /\ (X n < 1 -> g (S n) = -1)).
  { intros n Hn. rewrite Hg. unfold literal_slope. rewrite Hn. split; [apply h'_range|].
    intros Hx. apply h'_low; lra. }
  assert (Hsize : forall n, Rabs (g (S n)) <= C).
  { intros n. rewrite Hg. apply literal_slope_size. lra. }
  assert (Hpos : forall t, (1 <= t)%nat -> 0 < c t) by (intros; apply Hc1; assumption).
  assert (Hfree : forall x, Rmin 1 x <= free x) by (intros; apply Rmin_r).
  assert (Hstart : 1 <= X 0%nat) by lra.
  assert (Hret : forall k, 1 <= X (3 * k)%nat).
  { intros k. eapply (returns C alpha beta2 free c X v g); eassumption. }
  assert (Hstep : forall n, exists a, 0 < a /\
    X (S n) = X n - a * g (S n) /\ a * Rabs (g (S n)) <= alpha / sqrt (1 - beta2)).
  { intros n. destruct (step_is C alpha beta2 free c X v g HC Ha Hb H Hpos Hstart Hloud n)
      as (a & Ha0 & E & Hs). exists a. split; [exact Ha0|]. split.
    - rewrite (proj2 (proj2 H n)), E. reflexivity.
    - apply Hs, Hc1. lia. }
  set (s := alpha / sqrt (1 - beta2)) in *. clearbody s.
  (* the moves: down by at most s; up by at most s, and only from below 1 + delta *)
  assert (Hdown : forall k, X (3 * k)%nat - s <= X (S (3 * k)) <= X (3 * k)%nat).
  { intros k. destruct (Hstep (3 * k)%nat) as (a & Ha0 & -> & Hs). rewrite (Hloud k (Hret k)) in *.
    rewrite Rabs_pos_eq in Hs by lra. nra. }
  assert (Hup : forall n, loud (S n) = false ->
    X n <= X (S n) /\ (X (S n) <= X n \/ X (S n) <= 1 + delta + s)).
  { intros n Hn. destruct (Hstep n) as (a & Ha0 & E & Hs). destruct (Hsoft n Hn) as [Hg0 _].
    split; [nra|]. destruct (Rle_lt_dec (1 + delta) (X n)) as [Hx|Hx].
    - left. assert (Z : g (S n) = 0).
      { rewrite Hg. unfold literal_slope. rewrite Hn. apply h'_high; lra. }
      rewrite E, Z. lra.
    - right. rewrite Rabs_left1 in Hs by lra. lra. }
  assert (Htop : forall k, X (3 * k)%nat <= 1 + delta + s).
  { induction k as [|k IH].
    - destruct (Hdown 0%nat). simpl Nat.mul in *. lra.
    - rewrite next_cycle. specialize (Hdown k).
      assert (A := Hup _ (loud_2 k)). assert (B := Hup _ (loud_3 k)). lra. }
  split; [exact Hret|]. split; [|split].
  - assert (E1 : h delta (- -1) = -1) by (rewrite h_low; lra).
    assert (E2 : h delta (-1) = 1) by (rewrite h_low; lra).
    assert (Hl : forall k, C * h delta (- X (3 * k)%nat) = C * X (3 * k)%nat).
    { intros k. rewrite h_low by (specialize (Hret k); lra). ring. }
    apply linear_in_cycles; intros k; unfold literal; rewrite ?loud_1, ?loud_2, ?loud_3;
      cbn [Nat.sub]; rewrite ?Nat.sub_0_r, Hl, E1, ?E2; assert (R := Hret k);
      assert (A := h_least delta (X (S (3 * k)))); assert (B := h_least delta (X (S (S (3 * k)))));
      nra.
  - intros n. apply (in_cycles (fun _ n => 1 - s <= X n <= 1 + delta + s)).
    intros k. specialize (Hdown k). specialize (Htop k). specialize (Hret k).
    assert (A := Hup _ (loud_2 k)). lra.
  - intros n. apply (v_pos C alpha beta2 free c X v g); try assumption; lia.
Qed.

(** Gradients may be taken at the points that they lead to. *)
Section ClosedLoop.
  Context {State : Type}.
  Variables (step : nat -> R -> R -> State -> R * R * State) (project : R -> R).
  Variables (theta0 : R) (state0 : State) (slope : nat -> R -> R).

  Fixpoint played (t : nat) : R * R * State :=
    match t with
    | O => (theta0, 0, state0)
    | S n =>
        let '(theta, _, state) := played n in
        let '(theta', metric, state') := step t theta (slope t theta) state in
        (project theta', metric, state')
    end.

  Lemma closed_loop : exists g, forall t,
    g t = slope t (point (run step project theta0 state0 g (t - 1))).
  Proof.
    set (g := fun t => slope t (point (played (t - 1)))). exists g.
    assert (H : forall t, run step project theta0 state0 g t = played t).
    { induction t as [|t IH]; [reflexivity|]. simpl. rewrite IH. unfold g. simpl.
      rewrite Nat.sub_0_r. destruct (played t) as [[x y] s]. reflexivity. }
    intros t. rewrite H. reflexivity.
  Qed.
End ClosedLoop.

(** C34, C58. Corollary 4.2, "R(T) / T = O(1 / sqrt T)", refuted for Algorithm 1 itself: bias
    correction, no projection, eps = 0, beta1 = 0, beta2 <= 1 / (1 + C^2), alpha_t = alpha / sqrt t,
    from 1, on the game above, for every C > 2, 0 < delta < 2 C - 4 and alpha > 0. Adam is at 1 or
    beyond after every cycle; against -1, and so against the best point of any set that contains
    -1, it has R(T) >= (2 C - 4 - delta) floor(T / 3); it stays in an interval that does not depend
    on T; and no v_t is 0, so that nothing is divided by 0. *)
Theorem literal_game_linear_regret :
  forall C delta alpha beta2 g,
  2 < C -> 0 < delta < 2 * C - 4 -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) ->
  let after := run (fun s => adam (alpha / sqrt (INR s)) 0 beta2 0 s) free 1 (0, 0) g in
  let x t := point (after (t - 1)%nat) in
  (forall t, (1 <= t)%nat -> g t = literal_slope C delta t (x t)) ->
  (forall k, 1 <= x (3 * k + 1)%nat) /\
  (forall T, (2 * C - 4 - delta) * INR (T / 3)
             <= \sum_(t <= T) (literal C delta t (x t) - literal C delta t (-1))) /\
  (forall t, 1 - alpha / sqrt (1 - beta2) <= x t <= 1 + delta + alpha / sqrt (1 - beta2)) /\
  (forall t, (1 <= t)%nat -> 0 < snd (state (after t))).
Proof.
  intros C delta alpha beta2 g HC Hd Ha Hb after x Hg. assert (Hb' := beta2_below_1 C beta2 HC Hb).
  destruct (literal_played C delta alpha beta2 (corrected beta2) _ _ g HC Hd Ha Hb
              (fun t Ht => conj (corrected_pos _ t Hb' Ht) (corrected_le_1 _ t Hb'))
              (fun t _ => corrected_mono _ t Hb') eq_refl
              (adam_plays free alpha beta2 1 g)) as (H1 & H2 & H3 & H4).
  { intros n. rewrite Hg by lia. unfold x. cbn [Nat.sub]. rewrite Nat.sub_0_r. reflexivity. }
  split; [|split; [exact H2|split]].
  - intros k. unfold x. rewrite Nat.add_sub. apply H1.
  - intros t. apply H3.
  - intros [|t] Ht; [lia | apply H4].
Qed.

(** C34, C58. The game can be played: such gradients exist. *)
Theorem literal_game_exists :
  forall C delta alpha beta2, exists g, forall t, (1 <= t)%nat ->
  g t = literal_slope C delta t
          (point (run (fun s => adam (alpha / sqrt (INR s)) 0 beta2 0 s)
                      free 1 (0, 0) g (t - 1))).
Proof.
  intros C delta alpha beta2.
  destruct (closed_loop (fun s => adam (alpha / sqrt (INR s)) 0 beta2 0 s) free 1 (0, 0)
              (literal_slope C delta)) as [g Hg].
  exists g. intros t _. apply Hg.
Qed.

(** C34. The losses of this game are what section 4 asks for: convex, differentiable everywhere
    (with a continuous slope), and of bounded slope, on the whole line. *)
Theorem literal_game_losses :
  forall C delta t, 2 < C -> 0 < delta ->
  (forall x y a, 0 <= a <= 1 ->
     literal C delta t (a * x + (1 - a) * y)
     <= a * literal C delta t x + (1 - a) * literal C delta t y) /\
  (forall x, derivable_pt_lim (literal C delta t) x (literal_slope C delta t x)) /\
  (forall x y, Rabs (literal_slope C delta t x - literal_slope C delta t y)
               <= C / delta * Rabs (x - y)) /\
  (forall x, Rabs (literal_slope C delta t x) <= C).
Proof.
  intros C delta t HC Hd. repeat split.
  - intros x y a Ha. apply literal_convex; lra.
  - intros x e He.
    assert (Hr : 0 < e * delta / C) by (apply Rdiv_lt_0_compat; nra).
    exists (mkposreal _ Hr). intros k Hk Hkr. simpl in Hkr.
    assert (H := literal_smooth C delta t x (x + k) ltac:(lra) Hd).
    replace (x + k - x) with k in H by ring.
    replace ((literal C delta t (x + k) - literal C delta t x) / k - literal_slope C delta t x)
      with ((literal C delta t (x + k) - literal C delta t x - literal_slope C delta t x * k) / k)
      by (field; exact Hk).
    assert (Hk' := Rabs_pos_lt k Hk).
    unfold Rdiv. rewrite Rabs_mult, Rabs_inv.
    apply Rmult_lt_reg_r with (Rabs k); [exact Hk'|].
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    eapply Rle_lt_trans; [exact H|]. rewrite <- (pow2_abs k).
    replace (C / delta * Rabs k ^ 2) with (C / delta * Rabs k * Rabs k) by ring.
    apply Rmult_lt_compat_r; [exact Hk'|].
    apply Rmult_lt_reg_r with (delta / C); [apply Rdiv_lt_0_compat; lra|].
    replace (C / delta * Rabs k * (delta / C)) with (Rabs k) by (field; lra).
    replace (e * (delta / C)) with (e * delta / C) by (field; lra). exact Hkr.
  - intros x y. unfold literal_slope. destruct loud.
    + replace (- C * h' delta (- x) - - C * h' delta (- y))
        with (- C * (h' delta (- x) - h' delta (- y))) by ring.
      rewrite Rabs_mult, Rabs_Ropp, (Rabs_pos_eq C) by lra.
      assert (L := h'_lipschitz delta (- x) (- y) Hd).
      replace (- x - - y) with (- (x - y)) in L by ring. rewrite Rabs_Ropp in L.
      replace (C / delta * Rabs (x - y)) with (C * (Rabs (x - y) / delta)) by (field; lra).
      apply Rmult_le_compat_l; lra.
    + assert (L := h'_lipschitz delta x y Hd).
      replace (C / delta * Rabs (x - y)) with (C * (Rabs (x - y) / delta)) by (field; lra).
      assert (P : 0 <= Rabs (x - y) / delta).
      { apply Rmult_le_pos; [apply Rabs_pos | left; apply Rinv_0_lt_compat, Hd]. }
      nra.
  - intros x. apply literal_slope_size. lra.
Qed.

(** C58, C59. "Adam has O(sqrt T) regret bound" is refuted with it: on this game the regret is above
    K sqrt T for ever, from some T on, whatever K. *)
Theorem literal_game_no_root_bound :
  forall C delta alpha beta2 g,
  2 < C -> 0 < delta < 2 * C - 4 -> 0 < alpha -> 0 < beta2 <= 1 / (1 + C ^ 2) ->
  let x t := point (run (fun s => adam (alpha / sqrt (INR s)) 0 beta2 0 s)
                        free 1 (0, 0) g (t - 1)) in
  (forall t, (1 <= t)%nat -> g t = literal_slope C delta t (x t)) ->
  forall K, exists T0, forall T, (T0 <= T)%nat ->
  K * sqrt (INR T) < \sum_(t <= T) (literal C delta t (x t) - literal C delta t (-1)).
Proof.
  intros C delta alpha beta2 g HC Hd Ha Hb x Hg K.
  destruct (literal_game_linear_regret C delta alpha beta2 g HC Hd Ha Hb Hg) as (_ & H & _).
  destruct (linear_exceeds_root (2 * C - 4 - delta) K) as (T0 & _ & HK); [lra|].
  exists T0. intros T HT. eapply Rlt_le_trans; [apply HK, HT | apply H].
Qed.
