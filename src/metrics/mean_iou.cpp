#include "metrics/mean_iou.h"

#include <algorithm>
#include <map>

#include "metrics/output_values.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

struct Overlap {
  double both = 0.0;
  double either = 0.0;
};
using Overlaps = std::map<std::int64_t, Overlap>;

double mean_of(const Overlaps& classes) {
  double sum = 0.0;
  for (const auto& [category, overlap] : classes) sum += overlap.both / overlap.either;
  return classes.empty() ? 0.0 : sum / static_cast<double>(classes.size());
}

/// Of each class: itself, both, either.
constexpr std::size_t kPacked = 3;

class MeanIou final : public Metric {
 public:
  explicit MeanIou(const MetricSpec& spec) : spec_(spec), name_(spec.name.empty() ? default_name(spec) : spec.name) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] Judge judge() const override { return Judge::Targets; }
  [[nodiscard]] MetricRange range() const override { return {0.0, 1.0}; }
  [[nodiscard]] std::optional<std::size_t> only_output() const override {
    return static_cast<std::size_t>(spec_.output);
  }
  [[nodiscard]] std::string identity() const override {
    return fmt::format("miou revision={} output={} class_axis={} ignore={}", kRevision, spec_.output, spec_.class_axis,
                       spec_.ignore ? std::to_string(*spec_.ignore) : "none");
  }

  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth& truth) const override {
    if (auto ok = has_numbers(outputs, spec_.output); !ok) return ok;
    const auto& view = outputs[static_cast<std::size_t>(spec_.output)];
    if (truth.target == nullptr || is_float(truth.target->type))
      return fail(Cause::InvalidInput, "{}: give data.targets, a .npy file of integers with the class of each place",
                  truth.target == nullptr ? "there are no targets" : "its target is no array of integers");
    Shape places = view.shape;
    std::int64_t classes = 0;  // not known
    if (is_float(view.type)) {
      const auto axis = class_axis_of(outputs, spec_.output, spec_.class_axis);
      if (!axis) return failed(axis);
      classes = places[*axis];
      places.erase(places.begin() + static_cast<std::ptrdiff_t>(*axis));
      if (classes == 1)
        return fail(Cause::InvalidInput,
                    "output {} has shape {} per sample, whose axis {} has one class: class_axis says which counts them",
                    spec_.output, shape_of(view), spec_.class_axis);
    }
    if (std::find(places.begin(), places.end(), -1) != places.end()) return {};
    if (element_count(places) != element_count(truth.target->shape))
      return fail(Cause::InvalidInput, "its target has shape {}, the classes of output {} have {}",
                  shape_text(truth.target->shape), spec_.output, shape_text(places));
    return in_range(*truth.target, classes);
  }

  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    const auto found = predicted(outputs[static_cast<std::size_t>(spec_.output)]);
    const auto wanted = integers_of(*truth.target);
    Overlaps classes;
    for (std::size_t at = 0; at < wanted.size(); ++at) {
      if (spec_.ignore && wanted[at] == *spec_.ignore) continue;
      const std::int64_t one = at < found.size() ? found[at] : -1;
      classes[wanted[at]].either += 1.0;
      if (one == wanted[at])
        classes[one].both += 1.0;
      else if (one >= 0)
        classes[one].either += 1.0;
    }
    SampleScore score{.value = mean_of(classes)};
    for (const auto& [category, overlap] : classes) {
      score.state.push_back(static_cast<double>(category));
      score.state.push_back(overlap.both);
      score.state.push_back(overlap.either);
    }
    return score;
  }

  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    Overlaps classes;
    for (const auto& score : scores) {
      for (std::size_t at = 0; at + kPacked <= score.state.size(); at += kPacked) {
        auto& overlap = classes[static_cast<std::int64_t>(score.state[at])];
        overlap.both += score.state[at + 1];
        overlap.either += score.state[at + 2];
      }
    }
    return mean_of(classes);
  }

 private:
  /// Raised when the same outputs and targets give other values than before.
  static constexpr int kRevision = 1;

  [[nodiscard]] Status in_range(const Tensor& target, std::int64_t classes) const {
    for (const auto value : integers_of(target)) {
      if (spec_.ignore && value == *spec_.ignore) continue;
      if (value >= 0 && (classes == 0 || value < classes)) continue;
      return fail(
          Cause::InvalidInput, "its target holds {}, {}; \"ignore\": {} leaves such places out", value,
          classes == 0 ? "classes are 0 or more" : fmt::format("the network's classes are 0 to {}", classes - 1),
          value);
    }
    return {};
  }

  [[nodiscard]] std::vector<std::int64_t> predicted(const OutputView& view) const {
    if (!is_float(view.type)) return integers_of(Tensor{view.type, view.shape, {view.bytes.begin(), view.bytes.end()}});
    const auto axis = normal_axis(spec_.class_axis, view.shape.size());
    return axis ? highest_along(values_of(view), view.shape, *axis) : std::vector<std::int64_t>();
  }

  MetricSpec spec_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Metric> make_mean_iou(const MetricSpec& spec) { return std::make_unique<MeanIou>(spec); }

}  // namespace quantrail
