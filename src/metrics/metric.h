#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/tensor.h"
#include "model/truth.h"

namespace quantrail {

/// One output of the network for ONE sample: type, shape without the batch axis, row-major elements. Where nothing is
/// computed yet and the shape depends on data, sizes are -1 and there are no elements.
struct OutputView {
  ElementType type = ElementType::Float32;
  Shape shape{};
  std::span<const std::byte> bytes{};
};

/// What a metric makes of one sample.
struct SampleScore {
  double value = 0.0;           ///< how well this sample alone was done; layers are ranked by it
  std::vector<double> state{};  ///< what aggregated() needs besides; the metric's own business, empty for most
  bool operator==(const SampleScore&) const = default;
};

/// What a metric can be, both ends included.
struct MetricRange {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

enum class Judge {
  Labels,      ///< truth.label, or truth.objects
  Targets,     ///< truth.target
  FloatModel,  ///< truth.reference, which is there once something is computed
  Command,     ///< a program of the user's
};

/// How good outputs are. Stateless and thread-safe: scores of samples are stored, and aggregated in sample order.
class Metric {
 public:
  virtual ~Metric() = default;
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual bool higher_is_better() const = 0;
  [[nodiscard]] virtual MetricRange range() const { return {}; }
  /// Whether it is the square root of the mean of its samples' values, instead of the mean.
  [[nodiscard]] virtual bool is_root_of_mean() const { return false; }
  /// What it judges outputs by.
  [[nodiscard]] virtual Judge judge() const { return Judge::Labels; }
  /// With Judge::FloatModel: the output whose value by the float model is truth.reference.
  [[nodiscard]] virtual std::size_t compared_output() const { return 0; }
  /// The only output that it looks at; nothing where it looks at all.
  [[nodiscard]] virtual std::optional<std::size_t> only_output() const { return std::nullopt; }
  /// Everything that changes its values, for evaluation keys: type and parameters, not the name.
  [[nodiscard]] virtual std::string identity() const = 0;
  /// Files that its values depend on, and are watched for changes.
  [[nodiscard]] virtual std::vector<std::filesystem::path> files() const { return {}; }
  /// Checks, before anything long starts, that the outputs and a truth suit. Errors: InvalidInput, without the
  /// metric's name.
  [[nodiscard]] virtual Status accepts(std::span<const OutputView> outputs, const Truth& truth) const = 0;
  /// The score of one sample; NaN when an output is NaN is not allowed: a NaN counts as wrong.
  [[nodiscard]] virtual SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const = 0;
  /// The same where it may fail, as a program of the user's can. Errors: Backend, Storage; InvalidInput where one
  /// of files() is no longer what it was.
  [[nodiscard]] virtual Result<SampleScore> scored(std::span<const OutputView> outputs, const Truth& truth) const {
    return of_sample(outputs, truth);
  }
  /// The metric over samples, from of_sample scores in sample order. Precondition: not empty.
  [[nodiscard]] virtual double aggregated(std::span<const SampleScore> scores) const = 0;
};

}  // namespace quantrail
