#pragma once

#include "model/shape_rules.h"

namespace quantrail {

/// An activation of a recurrent cell, with the parameters that some of them have.
struct CellActivation {
  enum class Kind {
    Relu,
    Tanh,
    Sigmoid,
    Affine,           ///< alpha * x + beta
    LeakyRelu,        ///< alpha * x below zero
    ThresholdedRelu,  ///< x above alpha, else 0
    ScaledTanh,       ///< alpha * tanh(beta * x)
    HardSigmoid,      ///< clamp(alpha * x + beta, 0, 1)
    Elu,              ///< alpha * (exp(x) - 1) below zero
    Softsign,
    Softplus,
  };
  Kind kind = Kind::Tanh;
  double alpha = 0.0;
  double beta = 0.0;

  [[nodiscard]] double operator()(double x) const;
};

/// What LSTM, GRU and RNN nodes have in common.
struct Recurrence {
  enum class Direction { Forward, Reverse, Both };
  Direction direction = Direction::Forward;
  std::int64_t gates = 1;  ///< LSTM 4, GRU 3, RNN 1
  std::int64_t steps = 0;
  std::int64_t batch = 0;
  std::int64_t input = 0;
  std::int64_t hidden = 0;
  bool batch_first = false;  ///< attribute layout: X is [batch, steps, input], states are [batch, directions, hidden]
  double clip = 0.0;         ///< arguments of gates and candidates are cut to [-clip, clip]; 0: not
  /// Of each direction in turn: of the gates, of the cell's candidate, of the cell state; GRU has the first two, RNN
  /// one.
  std::vector<CellActivation> activations{};

  [[nodiscard]] std::int64_t directions() const { return direction == Direction::Both ? 2 : 1; }
  /// Activations of one direction.
  [[nodiscard]] std::size_t activations_each() const { return gates == 4 ? 3 : gates == 3 ? 2 : 1; }
};

/// Errors: InvalidInput, where inputs do not fit each other or an attribute has none of its values.
[[nodiscard]] Result<Recurrence> recurrence_of(const NodeView& view);

}  // namespace quantrail
