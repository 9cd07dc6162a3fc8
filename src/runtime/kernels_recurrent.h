#pragma once

#include <cstdint>
#include <span>

#include "runtime/kernels_unary.h"

namespace quantrail::kernels {

// One step of a recurrent cell for one sample. `lines` are the gates' sums, one behind the other, `hidden` of each;
// they are overwritten. States have `hidden` elements.

/// Functions of a cell, in ONNX's order; their arguments are cut to [-clip, clip] where clip > 0, but
/// for that of `state`, as in ONNX Runtime.
struct CellFunctions {
  Unary gates{};
  Unary candidate{};
  Unary state{};  ///< LSTM: of the cell state
  float clip = 0.0F;
};

/// values[i] += more[i].
void accumulate(std::span<float> values, std::span<const float> more);

/// Gates in the order i, o, f, c. `peepholes`: of i, o, f, or empty. `coupled`: the forget gate is 1 - i.
void lstm_cell(const CellFunctions& functions, std::span<const float> peepholes, bool coupled, std::span<float> lines,
               std::span<float> c, std::span<float> h);

/// First half of a GRU's step: `lines` [z, r] become the gates, reset = r * h.
void gru_gates(const CellFunctions& functions, std::span<float> lines, std::span<const float> h,
               std::span<float> reset);
/// Second half: h = (1 - z) * candidate(sums) + z * h. `sums` are overwritten.
void gru_cell(const CellFunctions& functions, std::span<const float> z, std::span<float> sums, std::span<float> h);
/// sums += r * linear: the candidate of a GRU that resets behind its product.
void gru_reset(std::span<const float> r, std::span<const float> linear, std::span<float> sums);

/// h = gates(lines).
void rnn_cell(const CellFunctions& functions, std::span<float> lines, std::span<float> h);

}  // namespace quantrail::kernels
