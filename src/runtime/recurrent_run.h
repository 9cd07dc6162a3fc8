#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/recurrence.h"
#include "runtime/kernels_recurrent.h"
#include "runtime/linear.h"

namespace quantrail {

/// One direction of an LSTM, GRU or RNN, its products compiled: everything that does not change from run to run.
struct RecurrentDirection {
  /// h [batch, hidden] → the lines of all gates, biases included; with `candidate` those of z and r alone.
  std::shared_ptr<const Linear> hidden{};
  std::shared_ptr<const Linear> candidate{};  ///< GRU that resets before its product: the lines of the candidate alone
  kernels::CellFunctions functions{};
  std::vector<float> peepholes{};  ///< LSTM: of i, o, f; empty: none
  bool backwards = false;
};

struct RecurrentJob {
  Recurrence shape{};
  bool coupled = false;              ///< LSTM: input_forget
  bool linear_before_reset = false;  ///< GRU
  std::vector<RecurrentDirection> directions{};
  std::string where{};  ///< for messages
};

/// Where one run finds its operands. Sequences that are shorter than `steps` leave zeros in Y behind them.
struct RecurrentOperands {
  std::vector<const float*> projected{};  ///< per direction: X * W + bias, rows as in X, the lines of all gates in each
  const std::int32_t* lengths = nullptr;  ///< null: all steps
  const float* initial_h = nullptr;       ///< null: zeros
  const float* initial_c = nullptr;
  float* y = nullptr;  ///< null: not asked for
  float* y_h = nullptr;
  float* y_c = nullptr;
  // Working memory of one direction.
  float* h = nullptr;         ///< [batch, hidden]
  float* c = nullptr;         ///< [batch, hidden]
  float* lines = nullptr;     ///< [batch, gates * hidden]
  float* products = nullptr;  ///< [batch, gates * hidden], and behind it [batch, hidden]
  std::byte* scratch = nullptr;
};

/// The action of all steps of all directions. `job` outlives it. Errors: InvalidInput for a length that the sequence
/// does not have.
[[nodiscard]] Action recurrent_action(std::shared_ptr<const RecurrentJob> job, const RecurrentOperands& operands);

}  // namespace quantrail
