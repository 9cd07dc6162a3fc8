#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "model/codes.h"
#include "runtime/code_arithmetic.h"
#include "runtime/plan_cache.h"
#include "runtime/program.h"

namespace quantrail {

/// A (transposed) convolution over 1 to 3 spatial axes. Source, addend and result are channels-last, weights in ONNX
/// order: [out, in/groups, kernel...], transposed: [in, out/groups, kernel...].
struct ConvShape {
  std::int64_t batch = 1;
  std::int64_t groups = 1;
  std::int64_t channels_in = 1;
  std::int64_t channels_out = 1;
  std::vector<std::int64_t> in{};  ///< spatial sizes; as are all that follow
  std::vector<std::int64_t> out{};
  std::vector<std::int64_t> kernel{};
  std::vector<std::int64_t> stride{};
  std::vector<std::int64_t> dilation{};  ///< 1: dense
  std::vector<std::int64_t> pad_begin{};
  std::vector<std::int64_t> pad_end{};
  bool transposed = false;
};

/// result[batch..., M, N] = lhs[batch..., M, K] · rhs[batch..., K, N], row-major, equal ranks; batch sizes are equal or
/// 1. `rhs_by_columns`: rhs is stored as [batch..., N, K].
struct MatMulShape {
  Shape lhs{};
  Shape rhs{};
  Shape result{};
  bool rhs_by_columns = false;
};

/// An addition of codes behind the layer's own, which are rounded and saturated as if they had been stored.
struct CodeSum {
  CodeAddition addition{};
  bool own_first = false;  ///< the layer's codes are the left operand
};

/// What follows the sum of products, in this order; `scale` and `bias` by output channel (last axis of a product).
struct Epilogue {
  std::vector<float> bias{};          ///< in units of the sum; empty: none
  std::vector<float> scale{};         ///< empty: 1. result = scale * (sum + bias)
  std::int32_t zero_point = 0;        ///< codes only: result = round(result) + zero_point, as QuantizeLinear defines it
  bool accumulate = false;            ///< float only: result += what the destination held
  std::optional<CodeSum> code_sum{};  ///< tiles and codes only: the addend is what the destination held
  Bounds clamp{};                     ///< in units of the result
  bool silu = false;                  ///< last, float only: x * sigmoid(x)
};

/// float32 · float32 → float32, or uint8 · int8 → int32 → uint8 (rounded half to even, saturated), float32 or
/// nothing further.
struct LinearSpec {
  std::variant<ConvShape, MatMulShape> shape{};
  ElementType source = ElementType::Float32;
  ElementType result = ElementType::Float32;
  std::int32_t source_zero_point = 0;  ///< subtracted from every source code; padding counts as real zero
  Epilogue epilogue{};
};

/// Constant weights (float32, or int8 for integer specs) and the identity of their content.
struct LinearWeights {
  std::span<const std::byte> bytes{};
  Digest identity{};
};

/// One compiled convolution or matrix product (oneDNN). Immutable; many threads run it at once.
class Linear {
 public:
  /// `weights` null: the right-hand side is an operand of each run (MatMulShape only). Reordered weights are shared
  /// through `cache`. Compiled for the threads that OpenMP has now. Errors: Unsupported (code_sum, and what oneDNN
  /// lacks) or Backend, without the node's name.
  [[nodiscard]] static Result<std::shared_ptr<const Linear>> make(const LinearSpec& spec, const LinearWeights* weights,
                                                                  PlanCache::State& cache);

  struct Operands {
    const std::byte* source = nullptr;
    const std::byte* rhs = nullptr;  ///< only without constant weights
    std::byte* result = nullptr;
    std::byte* scratch = nullptr;  ///< scratch_bytes(), aligned to 64
  };
  [[nodiscard]] virtual Action bound(const Operands& operands) const = 0;
  [[nodiscard]] virtual std::size_t scratch_bytes() const = 0;
  /// oneDNN's name of the kernel, e.g. "brgconv:avx512_core".
  [[nodiscard]] virtual std::string kernel() const = 0;

  Linear() = default;
  Linear(const Linear&) = delete;
  Linear& operator=(const Linear&) = delete;
  virtual ~Linear() = default;
};

}  // namespace quantrail
