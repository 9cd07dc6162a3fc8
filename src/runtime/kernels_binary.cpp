#include "runtime/kernels_binary.h"

#include <cassert>
#include <cmath>

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

/// What turns two codes into one.
struct CodeRule {
  Decoder lhs;
  Decoder rhs;
  Coder result;
};

QUANTRAIL_CLONES void code_row(BinaryOp op, CodeRule rule, const Row<std::uint8_t>& row) {
  switch (op) {
    case BinaryOp::Add:
      return zip(row, [=](std::uint8_t x, std::uint8_t y) QUANTRAIL_INLINED {
        return rule.result.code_of_number(rule.lhs.real(x) + rule.rhs.real(y));
      });
    case BinaryOp::Sub:
      return zip(row, [=](std::uint8_t x, std::uint8_t y) QUANTRAIL_INLINED {
        return rule.result.code_of_number(rule.lhs.real(x) - rule.rhs.real(y));
      });
    case BinaryOp::Mul:
      return zip(row, [=](std::uint8_t x, std::uint8_t y) QUANTRAIL_INLINED {
        return rule.result.code_of_number(rule.lhs.real(x) * rule.rhs.real(y));
      });
    default: assert(false);
  }
}

template <class T, class F>
void for_each_row(std::span<const T> lhs, std::span<const T> rhs, const BroadcastShapes& shapes, std::span<T> dst,
                  F function) {
  const Broadcast broadcast(shapes.lhs, shapes.rhs, shapes.result);
  Row<T> row;
  row.count = broadcast.count();
  row.lhs_step = broadcast.lhs_step();
  row.rhs_step = broadcast.rhs_step();
  broadcast.for_each_run([&](const BroadcastRun& run) {
    row.lhs = lhs.data() + run.lhs;
    row.rhs = rhs.data() + run.rhs;
    row.dst = dst.data() + run.result;
    function(row);
  });
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
  const CodeRule rule{Decoder(lhs.params), Decoder(rhs.params), Coder(result.params, result.lo, result.hi)};
  for_each_row<std::uint8_t>(lhs.codes, rhs.codes, shapes, dst,
                             [&](const Row<std::uint8_t>& row) { code_row(op, rule, row); });
}

void add_codes(const CodeOperand& lhs, const CodeOperand& rhs, const CodeResult& result, std::span<std::uint8_t> dst) {
  assert(lhs.codes.size() == dst.size() && rhs.codes.size() == dst.size());
  Row<std::uint8_t> row{lhs.codes.data(), rhs.codes.data(), dst.data()};
  row.count = static_cast<std::int64_t>(dst.size());
  code_row(BinaryOp::Add, {Decoder(lhs.params), Decoder(rhs.params), Coder(result.params, result.lo, result.hi)}, row);
}

}  // namespace quantrail::kernels
