#pragma once

#include <bitset>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/quantization.h"
#include "quantize/coding_error.h"
#include "quantize/pair_saturation.h"
#include "quantize/sample_pass.h"

namespace quantrail {

/// One tensor with a quantization point: what its codes make of the values that the float network gives it.
struct TensorReport {
  std::string name{};
  ActivationParams params{};
  bool moved = false;     ///< only moved (MaxPool, Reshape, ...) from another tensor with the same codes
  bool as_codes = false;  ///< whether it exists as codes in the iteration; else only float layers read it
  CodingError error{};
  std::bitset<256> codes{};  ///< that some element had
  bool operator==(const TensorReport&) const = default;

  /// The reals that codes 0 and 255 stand for.
  [[nodiscard]] float lo() const;
  [[nodiscard]] float hi() const;
};

/// One layer of the quantization. Where the iteration has it in float, the figures say what integers would make of it.
struct LayerReport {
  std::string name{};
  std::string op{};
  bool integer = false;                  ///< in the iteration
  std::optional<WeightError> weights{};  ///< of Conv, Gemm and MatMul, and of tables
  std::optional<double> bias_change{};   ///< largest change of a bias by correction, in the result's unit
  std::optional<PairCounts> pairs{};     ///< of Conv, Gemm and MatMul, see pair_saturation.h
  bool operator==(const LayerReport&) const = default;
};

struct QuantizationReport {
  std::int64_t samples = 0;
  std::vector<TensorReport> tensors{};  ///< in graph order
  std::vector<LayerReport> layers{};    ///< in graph order
};

struct ReportOptions {
  std::set<std::string, std::less<>> reverted{};  ///< names of groups
  RevertMode revert_mode = RevertMode::Full;
  std::int64_t positions = 64;  ///< of each layer's result, per sample, at which pairs of products are counted
  PassOptions pass{};
};

/// Runs the canonical `graph` in float over `samples` (positions in `dataset`) and holds every value that
/// `quantization` (of that graph) has a point for against its codes. Errors there are the tensor's own: those of
/// tensors before it are not in its values. Memory does not grow with the number of samples; nothing depends on
/// threads, to the bit. Errors: those of watched().
[[nodiscard]] Result<QuantizationReport> reported(const Graph& graph, const Quantization& quantization,
                                                  const Dataset& dataset, std::span<const std::size_t> samples,
                                                  const ReportOptions& options);

}  // namespace quantrail
