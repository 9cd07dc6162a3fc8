#include "runtime/kernels_binary.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "runtime/code_arithmetic.h"
#include "runtime/isa.h"
#include "runtime/kernels_broadcast.h"
#include "runtime/kernels_code.h"

namespace quantrail::kernels {
namespace {

/// `count` elements; a step is 0 or 1.
template <class T>
struct Row {
  const T* lhs = nullptr;
  const T* rhs = nullptr;
  T* dst = nullptr;
  std::int64_t count = 0;
  std::int64_t lhs_step = 1;
  std::int64_t rhs_step = 1;
};

// One loop per way of stepping, each of which vectorises.
template <class T, class F>
QUANTRAIL_INLINE void zip(const Row<T>& row, F function) {
  const T* lhs = row.lhs;
  const T* rhs = row.rhs;
  T* dst = row.dst;
  const std::int64_t count = row.count;
  if (row.lhs_step == 1 && row.rhs_step == 1) {
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < count; ++i) dst[i] = function(lhs[i], rhs[i]);
  } else if (row.lhs_step == 1) {
    const T repeated = *rhs;
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < count; ++i) dst[i] = function(lhs[i], repeated);
  } else {
    const T repeated = *lhs;
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < count; ++i) dst[i] = function(repeated, rhs[i * row.rhs_step]);
  }
}

QUANTRAIL_CLONES void float_row(BinaryOp op, const Row<float>& row) {
  switch (op) {
    case BinaryOp::Add: return zip(row, [](float x, float y) QUANTRAIL_INLINED { return x + y; });
    case BinaryOp::Sub: return zip(row, [](float x, float y) QUANTRAIL_INLINED { return x - y; });
    case BinaryOp::Mul: return zip(row, [](float x, float y) QUANTRAIL_INLINED { return x * y; });
    case BinaryOp::Div: return zip(row, [](float x, float y) QUANTRAIL_INLINED { return x / y; });
    case BinaryOp::Min: return zip(row, [](float x, float y) QUANTRAIL_INLINED { return x < y || x != x ? x : y; });
    case BinaryOp::Max: return zip(row, [](float x, float y) QUANTRAIL_INLINED { return x > y || x != x ? x : y; });
    case BinaryOp::PRelu: return zip(row, [](float x, float y) QUANTRAIL_INLINED { return x < 0.0F ? x * y : x; });
    case BinaryOp::Pow: return zip(row, [](float x, float y) QUANTRAIL_INLINED { return std::pow(x, y); });
  }
}

/// Parameters of operands and result.
struct CodeParams {
  ActivationParams lhs{};
  ActivationParams rhs{};
  CodeResult result{};
};

QUANTRAIL_CLONES void add_row(CodeAddition with, Rounder rounder, const Row<std::uint8_t>& row) {
  zip(row, [=](std::uint8_t x, std::uint8_t y) QUANTRAIL_INLINED {
    const float right = __builtin_fmaf(static_cast<float>(y), with.rhs_step, with.offset);
    return rounder.code(__builtin_fmaf(static_cast<float>(x), with.lhs_step, right));
  });
}

QUANTRAIL_CLONES void multiply_row(const CodeParams& params, float factor, Rounder rounder,
                                   const Row<std::uint8_t>& row) {
  const std::int32_t left = params.lhs.zero_point;
  const std::int32_t right = params.rhs.zero_point;
  const auto zero_point = static_cast<float>(params.result.params.zero_point);
  zip(row, [=](std::uint8_t x, std::uint8_t y) QUANTRAIL_INLINED {
    return rounder.code(static_cast<float>((x - left) * (y - right)) * factor + zero_point);
  });
}

QUANTRAIL_CLONES void subtract_row(Decoder lhs, Decoder rhs, Coder result, const Row<std::uint8_t>& row) {
  zip(row, [=](std::uint8_t x, std::uint8_t y)
               QUANTRAIL_INLINED { return result.code_of_number(lhs.real(x) - rhs.real(y)); });
}

void code_row(BinaryOp op, const CodeParams& params, const Row<std::uint8_t>& row) {
  const auto& result = params.result;
  const Rounder rounder(result.lo, result.hi);
  switch (op) {
    case BinaryOp::Add: return add_row(code_addition(params.lhs, params.rhs, result.params), rounder, row);
    case BinaryOp::Mul:
      return multiply_row(params, code_product_factor(params.lhs, params.rhs, result.params), rounder, row);
    case BinaryOp::Sub:
      return subtract_row(Decoder(params.lhs), Decoder(params.rhs), Coder(result.params, result.lo, result.hi), row);
    default: assert(false);
  }
}

/// Joins rows that follow each other in one operand and repeat the other, as a factor per channel does: short rows
/// would spend their time in calls and in the elements that fill no vector. `function` computes one row.
template <class T, class F>
class RowJoiner {
 public:
  RowJoiner(const Row<T>& first, F function) : row_(first), function_(function) {}

  void add(const Row<T>& next) {
    const bool same_rhs = next.lhs == row_.lhs + rows_ * row_.count && next.rhs == row_.rhs;
    const bool same_lhs = next.rhs == row_.rhs + rows_ * row_.count && next.lhs == row_.lhs;
    if (rows_ > 0 && ((same_rhs && !lhs_repeats_) || (same_lhs && (lhs_repeats_ || rows_ == 1)))) {
      lhs_repeats_ = same_lhs;
      ++rows_;
      return;
    }
    flush();
    row_ = next;
    rows_ = 1;
    lhs_repeats_ = false;
  }

  void flush() {
    const std::int64_t together = std::min(rows_, kTile / std::max<std::int64_t>(row_.count, 1));
    if (together < 2 || row_.lhs_step != 1 || row_.rhs_step != 1) return one_by_one();
    std::array<T, kTile> repeated;
    for (std::int64_t k = 0; k < together; ++k)
      std::copy_n(lhs_repeats_ ? row_.lhs : row_.rhs, row_.count, repeated.data() + k * row_.count);
    for (std::int64_t done = 0; done < rows_; done += together) {
      Row<T> joined = row_;
      joined.count = std::min(together, rows_ - done) * row_.count;
      joined.lhs = lhs_repeats_ ? repeated.data() : row_.lhs + done * row_.count;
      joined.rhs = lhs_repeats_ ? row_.rhs + done * row_.count : repeated.data();
      joined.dst = row_.dst + done * row_.count;
      function_(joined);
    }
  }

 private:
  static constexpr std::int64_t kTile = 4096;  // elements

  void one_by_one() {
    Row<T> row = row_;
    for (std::int64_t k = 0; k < rows_; ++k) {
      function_(row);
      (lhs_repeats_ ? row.rhs : row.lhs) += row_.count;
      row.dst += row_.count;
    }
  }

  Row<T> row_;  // the first of those joined
  F function_;
  std::int64_t rows_ = 0;
  bool lhs_repeats_ = false;
};

template <class T, class F>
void for_each_row(std::span<const T> lhs, std::span<const T> rhs, const BroadcastShapes& shapes, std::span<T> dst,
                  F function) {
  const Broadcast broadcast(shapes.lhs, shapes.rhs, shapes.result);
  Row<T> row;
  row.count = broadcast.count();
  row.lhs_step = broadcast.lhs_step();
  row.rhs_step = broadcast.rhs_step();
  RowJoiner<T, F> joiner(row, function);
  broadcast.for_each_run([&](const BroadcastRun& run) {
    row.lhs = lhs.data() + run.lhs;
    row.rhs = rhs.data() + run.rhs;
    row.dst = dst.data() + run.result;
    joiner.add(row);
  });
  joiner.flush();
}

}  // namespace

void binary(BinaryOp op, std::span<const float> lhs, std::span<const float> rhs, const BroadcastShapes& shapes,
            std::span<float> dst) {
  if (dst.empty()) return;
  for_each_row<float>(lhs, rhs, shapes, dst, [=](const Row<float>& row) { float_row(op, row); });
}

void binary_codes(BinaryOp op, const CodeOperand& lhs, const CodeOperand& rhs, const BroadcastShapes& shapes,
                  const CodeResult& result, std::span<std::uint8_t> dst) {
  if (dst.empty()) return;
  if (op == BinaryOp::Add && lhs.codes.size() == 1 && rhs.codes.size() > 1)
    return binary_codes(op, rhs, lhs, {shapes.rhs, shapes.lhs, shapes.result}, result, dst);
  const CodeParams params{lhs.params, rhs.params, result};
  for_each_row<std::uint8_t>(lhs.codes, rhs.codes, shapes, dst,
                             [&](const Row<std::uint8_t>& row) { code_row(op, params, row); });
}

}  // namespace quantrail::kernels
