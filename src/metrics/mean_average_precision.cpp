#include "metrics/mean_average_precision.h"

#include <map>
#include <utility>

#include "metrics/average_precision.h"
#include "metrics/detection.h"

namespace quantrail {
namespace {

/// Raised when the same outputs and objects give other values than before.
constexpr int kRevision = 1;
constexpr int kMostOfAClass = 100;

/// COCO's: 0.5, 0.55, ... 0.95.
std::vector<double> thresholds_of(const MetricSpec& spec) {
  if (spec.iou) return {*spec.iou};
  std::vector<double> thresholds;
  for (int percent = 50; percent < 100; percent += 5) thresholds.push_back(percent / 100.0);
  return thresholds;
}

/// Precondition: by descending score.
std::vector<Detection> best_of_each_class(std::vector<Detection> found) {
  std::map<std::int64_t, int> seen;
  std::erase_if(found, [&](const Detection& one) { return ++seen[one.category] > kMostOfAClass; });
  return found;
}

class MeanAveragePrecision final : public Metric {
 public:
  explicit MeanAveragePrecision(const MetricSpec& spec)
      : spec_(spec), name_(spec.name.empty() ? default_name(spec) : spec.name), thresholds_(thresholds_of(spec)) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] MetricRange range() const override { return {0.0, 1.0}; }
  [[nodiscard]] std::optional<std::size_t> only_output() const override {
    return static_cast<std::size_t>(spec_.output);
  }
  [[nodiscard]] std::string identity() const override {
    const std::string strides =
        spec_.decode == "yolox" ? fmt::format(" strides={}", fmt::join(spec_.strides, ",")) : "";
    return fmt::format("map revision={} output={} decode={}{} score_threshold={} nms_iou={} iou={}", kRevision,
                       spec_.output, spec_.decode, strides, spec_.score_threshold, spec_.nms_iou,
                       fmt::join(thresholds_, ","));
  }

  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth& truth) const override {
    const auto output = static_cast<std::size_t>(spec_.output);
    if (output >= outputs.size()) {
      return fail(Cause::InvalidInput, "output {} is asked for, the network has {}", output, outputs.size());
    }
    return is_decodable(spec_, outputs[output], truth);
  }

  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    auto found = decoded(spec_, outputs[static_cast<std::size_t>(spec_.output)], truth.placement);
    found = best_of_each_class(suppressed(std::move(found), spec_.nms_iou));
    const JudgedImage image = judged(found, *truth.objects, thresholds_);
    return {.value = mean_average_precision({&image, 1}, thresholds_.size()), .state = packed(image)};
  }

  /// The shape of an output that depends on data is known only now.
  [[nodiscard]] Result<SampleScore> scored(std::span<const OutputView> outputs, const Truth& truth) const override {
    if (const auto suits = is_decodable(spec_, outputs[static_cast<std::size_t>(spec_.output)], truth); !suits)
      return failed(suits);
    return of_sample(outputs, truth);
  }

  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    std::vector<JudgedImage> images;
    for (const auto& score : scores) images.push_back(unpacked(score.state));
    return mean_average_precision(images, thresholds_.size());
  }

 private:
  MetricSpec spec_;
  std::string name_;
  std::vector<double> thresholds_;
};

}  // namespace

std::unique_ptr<Metric> make_mean_average_precision(const MetricSpec& spec) {
  return std::make_unique<MeanAveragePrecision>(spec);
}

}  // namespace quantrail
