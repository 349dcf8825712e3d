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
  destruct (run _ project theta0 (0, 0) g n) as [[x y] [m v]]. unfold point, state, adam_uncorrected, ratio, uncorrected.
  cbn -[INR]. split; [reflexivity|]. unfold Rdiv. rewrite Rinv_1, Rmult_1_r, Rplus_0_r.
  do 4 f_equal. ring.
Qed.

Lemma adam_plays project alpha beta2 theta0 g :
  let r := run (fun t => adam (alpha / sqrt (INR t)) 0 beta2 0 t) project theta0 (0, 0) g in
  plays project alpha beta2 (corrected beta2)
    (fun n => point (r n)) (fun n => snd (state (r n))) g.
Proof.
  intros r. split; [reflexivity|]. intros n. unfold r. rewrite run_S. cbv zeta.
  destruct (run _ project theta0 (0, 0) g n) as [[x y] [m v]]. unfold point, state, adam, ratio, corrected.
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
  destruct (run _ project theta0 (0, 0) g n) as [[x y] [m v]]. unfold point, state, adam_decayed_beta1, ratio, corrected.
  cbn -[INR]. split; [reflexivity|].
  rewrite Rplus_0_r. do 4 f_equal. rewrite !Rmult_0_l. field.
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
  Hypothesis beta2_def : beta2 = 1 / (1 + C ^ 2).
  Hypothesis plays_game : plays project alpha beta2 c X v g.
  Hypothesis projected : forall x, Rmin 1 x <= project x.
  Hypothesis c_pos : forall t, (1 <= t)%nat -> 0 < c t.
  Hypothesis c_mono : forall t, (1 <= t)%nat -> c t <= c (S t).
  Hypothesis start : 1 <= X 0%nat.
  Hypothesis size : forall n, Rabs (g (S n)) <= C.
  Hypothesis loud_rounds : forall k, 1 <= X (3 * k)%nat -> g (S (3 * k)) = C.
  Hypothesis soft_rounds : forall n, loud (S n) = false ->
    -1 <= g (S n) <= 0 /\ (X n < 1 -> g (S n) = -1).

  Lemma beta2_C : beta2 * C ^ 2 = 1 - beta2.
  Proof. rewrite beta2_def. field. nra. Qed.

  Lemma beta2_range : 0 < beta2 < 1 / 5.
  Proof.
    assert (Hb : 0 < beta2) by (rewrite beta2_def; apply Rdiv_lt_0_compat; nra).
    assert (H := beta2_C). nra.
  Qed.

  Lemma v_S n : v (S n) = beta2 * v n + (1 - beta2) * (g (S n) * g (S n)).
  Proof. apply plays_game. Qed.

  Lemma v_range n : 0 <= v n <= C ^ 2.
  Proof.
    assert (Hb := beta2_range).
    induction n as [|n IH]; [rewrite (proj1 plays_game); nra|]. rewrite v_S.
    assert (H := pow_maj_Rabs _ _ 2 (size n)). simpl in *. nra.
  Qed.

  Lemma v_least n : (1 - beta2) * (g (S n) * g (S n)) <= v (S n).
  Proof. rewrite v_S. assert (H := v_range n). assert (Hb := beta2_range). nra. Qed.

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
    apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; nra | nra].
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
        clear - Hb HbC W2. apply Rle_trans with ((1 / 2 + beta2 / 8) ^ 2 * (2 * (2 - beta2))); nra.
      + rewrite W0 in W2. replace (INR 3) with 3 by (simpl; ring). change (INR 1) with 1.
        clear - Hb HbC W2 W3.
        assert (W3' : w 3%nat <= 1 + 2 * beta2) by nra.
        assert (Q : (1 - (1 / 2 + beta2 / 8)) ^ 2 <= 1 / 4 - 12 / 100 * beta2) by nra.
        assert (Q0 := pow2_ge_0 (1 - (1 / 2 + beta2 / 8))).
        apply Rle_trans with ((1 / 4 - 12 / 100 * beta2) * (3 * (1 + 2 * beta2))); nra.
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

  (** A soft round does not lead below 1, and if it starts below, it leads up. *)
  Lemma soft_move n : loud (S n) = false ->
    Rmin 1 (X n + alpha / sqrt (INR (S n)) * (1 / sqrt (v (S n) / c (S n)))) <= X (S n).
  Proof.
    intros Hn. destruct (soft_rounds n Hn) as [Hg Hlow]. eapply Rle_trans; [|apply move].
    destruct (Rlt_le_dec (X n) 1) as [H|H].
    - rewrite (Hlow H). apply Req_le. f_equal. unfold Rdiv. ring.
    - apply Rle_trans with 1; [apply Rmin_l|]. apply Rmin_glb; [lra|]. rewrite step_size by lia.
      assert (0 <= / sqrt (INR (S n) * (v (S n) / c (S n)))).
      { left. apply Rinv_0_lt_compat, sqrt_lt_R0, Rmult_lt_0_compat; [apply INR_pos; lia|].
        apply Rdiv_lt_0_compat; [apply v_pos | apply c_pos]; lia. }
      assert (0 <= alpha * - g (S n) * / sqrt (INR (S n) * (v (S n) / c (S n)))).
      { apply Rmult_le_pos; [apply Rmult_le_pos|]; lra. }
      unfold Rdiv. lra.
  Qed.

  Lemma loud_step_pos n : 0 <= alpha / sqrt (INR (S n)) * (C / sqrt (v (S n) / c (S n))).
  Proof.
    rewrite step_size by lia. assert (0 < alpha * C) by (apply Rmult_lt_0_compat; lra).
    left. apply Rdiv_lt_0_compat; [assumption|].
    apply sqrt_lt_R0, Rmult_lt_0_compat; [apply INR_pos; lia|].
    apply Rdiv_lt_0_compat; [apply v_pos | apply c_pos]; lia.
  Qed.

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
  apply (in_cycles (fun k T => A * INR k <= sum r T)). intros k. specialize (H0 k). specialize (H1 k). specialize (H2 k).
  cbv beta. rewrite !sum_S. repeat split; lra.
Qed.

(** What grows in every cycle exceeds every multiple of the root. *)
Lemma linear_exceeds_root A K : 0 < A ->
  exists k, (1 <= k)%nat /\ K * sqrt (INR (3 * k)) < A * INR k.
Proof.
  intros HA. destruct (archimed_cor1 (A / (3 * Rabs K + A))) as (k & Hk & Hk0).
  { assert (H := Rabs_pos K). apply Rdiv_lt_0_compat; lra. }
  exists (3 * (k * k))%nat. split; [nia|]. assert (HK := Rabs_pos K).
  replace (3 * (3 * (k * k)))%nat with ((3 * k) * (3 * k))%nat by ring.
  assert (Hpos := lt_0_INR k Hk0). rewrite !mult_INR. replace (INR 3) with 3 by (simpl; ring).
  rewrite sqrt_square by lra.
  assert (H : 3 * Rabs K + A < A * INR k).
  { apply Rmult_lt_compat_r with (r := INR k * (3 * Rabs K + A)) in Hk; [|nra].
    field_simplify in Hk; lra. }
  apply Rle_lt_trans with (Rabs K * (3 * INR k)); [|nra].
  apply Rmult_le_compat_r; [lra | apply Rle_abs].
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

Lemma reddi_beta2_range C : 2 < C -> 0 <= 1 / (1 + C ^ 2) < 1.
Proof. intros H. assert (R := beta2_range C _ H eq_refl). lra. Qed.

(** ** The game of Reddi, Kale and Kumar *)

(** f_t(x) = C x in every third round, beginning with the first, else -x; and its slope. *)
Definition reddi (C : R) (t : nat) (x : R) : R := if loud t then C * x else - x.
Definition reddi_slope (C : R) (t : nat) : R := if loud t then C else -1.

Lemma reddi_played C alpha c X v :
  2 < C -> 0 < alpha ->
  (forall t, (1 <= t)%nat -> 0 < c t) -> (forall t, (1 <= t)%nat -> c t <= c (S t)) ->
  X 0%nat = 1 ->
  plays (clip (-1) 1) alpha (1 / (1 + C ^ 2)) c X v (reddi_slope C) ->
  (forall k, X (3 * k)%nat = 1) /\
  (forall T, (2 * C - 4) * INR (T / 3)
             <= \sum_(t <= T) (reddi C t (X (t - 1)%nat) - reddi C t (-1))).
Proof.
  intros HC Ha Hc1 Hc2 H0 H.
  assert (Hin : forall n, -1 <= X n <= 1).
  { intros [|n]; [lra|]. rewrite (proj2 (proj2 H n)). apply clip_in. lra. }
  assert (Hret : forall k, X (3 * k)%nat = 1).
  { intros k. apply Rle_antisym; [apply Hin|].
    apply (returns C alpha (1 / (1 + C ^ 2)) (clip (-1) 1) c X v (reddi_slope C));
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

Lemma reddi_best C T y : 2 < C -> -1 <= y ->
  \sum_(t <= T) reddi C t (-1) <= \sum_(t <= T) reddi C t y.
Proof.
  intros HC Hy.
  cut (0 * INR (T / 3) <= \sum_(t <= T) (reddi C t y - reddi C t (-1))).
  { rewrite sum_minus. lra. }
  apply linear_in_cycles; intros k; unfold reddi; rewrite ?loud_1, ?loud_2, ?loud_3; nra.
Qed.

(** C34, C58. Reddi, Kale and Kumar, Theorem 1, for every C > 2 and (new) every alpha > 0: the
    losses Cx, -x, -x, ... on [-1, 1]; Adam with beta1 = 0, beta2 = 1 / (1 + C^2), alpha_t =
    alpha / sqrt t, without bias correction and projected, from x_1 = 1. It is back at 1, the worst
    point, after every cycle; the best point is -1; and R(T) >= (2C - 4) floor(T / 3). *)
Theorem reddi_linear_regret :
  forall C alpha, 2 < C -> 0 < alpha ->
  let x t := point (run (fun s => adam_uncorrected (alpha / sqrt (INR s)) 0 (1 / (1 + C ^ 2)) 0 s)
                        (clip (-1) 1) 1 (0, 0) (reddi_slope C) (t - 1)) in
  (forall k, x (3 * k + 1)%nat = 1) /\
  (forall T y, -1 <= y <= 1 -> \sum_(t <= T) reddi C t (-1) <= \sum_(t <= T) reddi C t y) /\
  (forall T, (2 * C - 4) * INR (T / 3) <= \sum_(t <= T) (reddi C t (x t) - reddi C t (-1))).
Proof.
  intros C alpha HC Ha x.
  destruct (reddi_played C alpha uncorrected _ _ HC Ha uncorrected_pos uncorrected_mono eq_refl
              (uncorrected_plays (clip (-1) 1) alpha (1 / (1 + C ^ 2)) 1 (reddi_slope C)))
    as [H1 H2].
  split; [|split; [|exact H2]].
  - intros k. unfold x. rewrite Nat.add_sub. apply H1.
  - intros T y Hy. apply reddi_best; lra.
Qed.

(** C34, C58. The same with bias correction, that is with Algorithm 1. *)
Theorem reddi_linear_regret_corrected :
  forall C alpha, 2 < C -> 0 < alpha ->
  let x t := point (run (fun s => adam (alpha / sqrt (INR s)) 0 (1 / (1 + C ^ 2)) 0 s)
                        (clip (-1) 1) 1 (0, 0) (reddi_slope C) (t - 1)) in
  (forall k, x (3 * k + 1)%nat = 1) /\
  (forall T, (2 * C - 4) * INR (T / 3) <= \sum_(t <= T) (reddi C t (x t) - reddi C t (-1))).
Proof.
  intros C alpha HC Ha x. assert (Hb := reddi_beta2_range C HC).
  destruct (reddi_played C alpha (corrected (1 / (1 + C ^ 2))) _ _ HC Ha
              (fun t => corrected_pos _ t Hb) (fun t _ => corrected_mono _ t Hb) eq_refl
              (adam_plays (clip (-1) 1) alpha (1 / (1 + C ^ 2)) 1 (reddi_slope C)))
    as [H1 H2].
  split; [|exact H2]. intros k. unfold x. rewrite Nat.add_sub. apply H1.
Qed.

(** C58. "Adam has O(sqrt T) regret": no K sqrt T bounds it on this game. *)
Theorem reddi_no_root_bound :
  forall C alpha, 2 < C -> 0 < alpha ->
  let x t := point (run (fun s => adam_uncorrected (alpha / sqrt (INR s)) 0 (1 / (1 + C ^ 2)) 0 s)
                        (clip (-1) 1) 1 (0, 0) (reddi_slope C) (t - 1)) in
  forall K, exists T, (1 <= T)%nat /\
  K * sqrt (INR T) < \sum_(t <= T) (reddi C t (x t) - reddi C t (-1)).
Proof.
  intros C alpha HC Ha x K. destruct (reddi_linear_regret C alpha HC Ha) as (_ & _ & H).
  destruct (linear_exceeds_root (2 * C - 4) K) as (k & Hk & HK); [lra|].
  exists (3 * k)%nat. split; [lia|]. specialize (H (3 * k)%nat).
  rewrite Nat.mul_comm, Nat.div_mul, Nat.mul_comm in H by lia.
  eapply Rlt_le_trans; [exact HK | exact H].
Qed.
