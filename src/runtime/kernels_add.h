#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "runtime/kernels_binary.h"

namespace quantrail::kernels {

/// The residual addition of codes, prepared for one triple of parameters; immutable and thread-safe. The same codes as
/// binary_codes(): where the processor has AVX-512, one multiply-add per operand replaces the definition's division,
/// and construction compares the two for all 65536 pairs of codes. Pairs that round the other way are kept as
/// exceptions; where there are too many, the definition itself runs.
class CodeAddition {
 public:
  CodeAddition(ActivationParams lhs, ActivationParams rhs, const CodeResult& result);

  /// All of one size. `dst` may be an operand.
  void run(std::span<const std::uint8_t> lhs, std::span<const std::uint8_t> rhs, std::span<std::uint8_t> dst) const;
  /// Whether the multiply-adds run.
  [[nodiscard]] bool fused() const { return fused_; }

  /// A pair of codes whose sum the multiply-adds round to another code.
  struct Exception {
    std::uint8_t lhs = 0;
    std::uint8_t rhs = 0;
    std::uint8_t sum = 0;
  };
  static constexpr std::size_t kMostExceptions = 4;

  /// code = clamp(round(lhs_step * lhs + (rhs_step * rhs + offset)) + zero_point, lo, hi), but for the exceptions.
  struct Rule {
    float lhs_step = 0.0F;
    float rhs_step = 0.0F;
    float offset = 0.0F;
    std::int16_t zero_point = 0;
    std::uint8_t lo = 0;
    std::uint8_t hi = 255;
    std::size_t exceptions = 0;
    std::array<Exception, kMostExceptions> exception{};
  };

 private:
  /// Learns the exceptions; false when they are too many.
  bool learn_exceptions();

  ActivationParams lhs_;
  ActivationParams rhs_;
  CodeResult result_;
  Rule rule_{};
  bool fused_ = false;
};

}  // namespace quantrail::kernels
