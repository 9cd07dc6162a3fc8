#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// One output of the network for ONE sample: type, shape without the batch axis, row-major elements. Where nothing is
/// computed yet and the shape depends on data, sizes are -1 and there are no elements.
struct OutputView {
  ElementType type = ElementType::Float32;
  Shape shape{};
  std::span<const std::byte> bytes{};
};

/// How good outputs are. Stateless and thread-safe: per-sample values are stored, and aggregated in sample order.
class Metric {
 public:
  virtual ~Metric() = default;
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual bool higher_is_better() const = 0;
  /// Everything that changes its values, for evaluation keys: type and parameters, not the name.
  [[nodiscard]] virtual std::string identity() const = 0;
  /// Checks, before anything long starts, that the outputs and a label suit. Errors: InvalidInput.
  [[nodiscard]] virtual Status accepts(std::span<const OutputView> outputs,
                                       std::optional<std::int64_t> label) const = 0;
  /// The value of one sample; NaN when an output is NaN is not allowed: a NaN score counts as wrong.
  [[nodiscard]] virtual double of_sample(std::span<const OutputView> outputs,
                                         std::optional<std::int64_t> label) const = 0;
  /// The metric over samples, from of_sample values in sample order. Precondition: not empty.
  [[nodiscard]] virtual double aggregated(std::span<const double> values) const = 0;
};

}  // namespace quantrail
