"""LSTM, GRU and RNN in every direction and with every option."""

import numpy as np

STEPS, BATCH, INPUT, HIDDEN = 5, 3, 4, 6
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
OUTPUTS = {"LSTM": 3, "GRU": 2, "RNN": 2}
LENGTHS = np.int32([5, 2, 4])


def _inputs(op, directions=1, bias=True, lengths=None, states=False, peepholes=False, batch_first=False):
    def inputs(c):
        lines = GATES[op] * HIDDEN
        state = (BATCH, directions, HIDDEN) if batch_first else (directions, BATCH, HIDDEN)
        values = [c.normal(*((BATCH, STEPS) if batch_first else (STEPS, BATCH)), INPUT),
                  c.normal(directions, lines, INPUT) / 2, c.normal(directions, lines, HIDDEN) / 2,
                  c.normal(directions, 2 * lines) if bias else None, lengths, c.normal(*state) if states else None]
        if op == "LSTM":
            values += [c.normal(*state) if states else None, c.normal(directions, 3 * HIDDEN) if peepholes else None]
        while values[-1] is None:
            values.pop()
        return values
    return inputs


def add(cases):
    def one(op, name, inputs=None, **attributes):
        cases.add(f"{op.lower()}_{name}", 18, op, _inputs(op, **(inputs or {})), outputs=OUTPUTS[op], hidden_size=HIDDEN,
                  **attributes)

    for op in GATES:
        one(op, "default", {"bias": False})
        one(op, "bias_states", {"states": True})
        one(op, "reverse", direction="reverse")
        one(op, "both", {"directions": 2, "states": True}, direction="bidirectional")
        for direction, directions in (("forward", 1), ("reverse", 1), ("bidirectional", 2)):
            one(op, f"lengths_{direction}", {"directions": directions, "lengths": LENGTHS, "states": True},
                direction=direction)
        one(op, "clip", {"states": True}, clip=0.4)
    one("LSTM", "peepholes", {"peepholes": True, "states": True})
    one("LSTM", "peepholes_clip", {"peepholes": True, "states": True}, clip=0.5)
    one("LSTM", "coupled", {"states": True}, input_forget=1)
    one("LSTM", "activations", {"states": True}, activations=["HardSigmoid", "Softsign", "Elu"], activation_alpha=[0.3, 0.7],
        activation_beta=[0.4])
    one("LSTM", "affine", {"states": True}, activations=["Sigmoid", "Affine", "ScaledTanh"], activation_alpha=[0.3, 0.7],
        activation_beta=[0.4, 0.6])
    one("GRU", "linear_before_reset", {"states": True}, linear_before_reset=1)
    one("GRU", "linear_before_reset_both", {"states": True, "directions": 2, "lengths": LENGTHS}, linear_before_reset=1,
        direction="bidirectional")
    one("GRU", "activations", {"states": True, "directions": 2}, direction="bidirectional",
        activations=["Sigmoid", "LeakyRelu", "HardSigmoid", "ThresholdedRelu"], activation_alpha=[0.2, 0.25, 0.1],
        activation_beta=[0.45])
    for activation in ("Relu", "Sigmoid", "Softplus", "Softsign"):
        one("RNN", activation.lower(), {"states": True}, activations=[activation])
