#include "metrics/regression.h"

#include <algorithm>
#include <cmath>

#include "metrics/output_values.h"

namespace quantrail {
namespace {

constexpr double kWorstError = 1e15;
constexpr double kBestPsnr = 100.0;

class Regression final : public Metric {
 public:
  explicit Regression(const MetricSpec& spec)
      : spec_(spec), name_(spec.name.empty() ? default_name(spec) : spec.name), squared_(spec.type != "mae") {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return spec_.type == "psnr"; }
  [[nodiscard]] bool is_root_of_mean() const override { return spec_.type == "rmse"; }
  [[nodiscard]] Judge judge() const override { return Judge::Targets; }
  [[nodiscard]] MetricRange range() const override {
    if (spec_.type == "psnr") return {.most = kBestPsnr};
    return {.least = 0.0};
  }
  [[nodiscard]] std::optional<std::size_t> only_output() const override {
    return static_cast<std::size_t>(spec_.output);
  }
  [[nodiscard]] std::string identity() const override {
    const std::string peak = spec_.type == "psnr" ? fmt::format(" peak={}", spec_.peak) : "";
    return fmt::format("{} revision={} output={}{}", spec_.type, kRevision, spec_.output, peak);
  }
  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth& truth) const override {
    return has_target(outputs, spec_.output, truth);
  }

  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    const auto found = values_of(outputs[static_cast<std::size_t>(spec_.output)]);
    const auto wanted = values_of(*truth.target);
    double sum = 0.0;
    const std::size_t count = std::max(found.size(), wanted.size());
    for (std::size_t at = 0; at < count; ++at) {
      const bool both = at < found.size() && at < wanted.size();
      const double error = both ? std::abs(found[at] - wanted[at]) : kWorstError;
      const double bounded = error < kWorstError ? error : kWorstError;  // so is NaN
      sum += squared_ ? bounded * bounded : bounded;
    }
    const double mean = sum / static_cast<double>(count);
    if (spec_.type != "psnr") return {.value = mean};
    return {.value = std::min(10.0 * std::log10(spec_.peak * spec_.peak / mean), kBestPsnr)};
  }

  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    const double mean = mean_value(scores);
    return is_root_of_mean() ? std::sqrt(mean) : mean;
  }

 private:
  /// Raised when the same outputs and targets give other values than before.
  static constexpr int kRevision = 1;

  MetricSpec spec_;
  std::string name_;
  bool squared_;
};

std::vector<double> without_nan(std::vector<double> values) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  const double mean = count == 0 ? 0.0 : sum / static_cast<double>(count);
  std::replace_if(
      values.begin(), values.end(), [](double value) { return std::isnan(value); }, mean);
  return values;
}

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t at = 0; at < order.size(); ++at) order[at] = at;
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
  std::vector<double> out(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t at = first; at < end; ++at) out[order[at]] = static_cast<double>(first + end - 1) / 2.0;
    first = end;
  }
  return out;
}

bool is_constant(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); });
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  if (is_constant(a) || is_constant(b)) return 0.0;  // sums would leave something of rounding
  const auto count = static_cast<double>(a.size());
  double mean_a = 0.0, mean_b = 0.0;
  for (std::size_t at = 0; at < a.size(); ++at) {
    mean_a += a[at] / count;
    mean_b += b[at] / count;
  }
  double both = 0.0, of_a = 0.0, of_b = 0.0;
  for (std::size_t at = 0; at < a.size(); ++at) {
    both += (a[at] - mean_a) * (b[at] - mean_b);
    of_a += (a[at] - mean_a) * (a[at] - mean_a);
    of_b += (b[at] - mean_b) * (b[at] - mean_b);
  }
  const double norm = std::sqrt(of_a) * std::sqrt(of_b);
  return norm > 0.0 && std::isfinite(norm) ? std::clamp(both / norm, -1.0, 1.0) : 0.0;
}

class Correlation final : public Metric {
 public:
  explicit Correlation(const MetricSpec& spec)
      : spec_(spec), name_(spec.name.empty() ? default_name(spec) : spec.name) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] Judge judge() const override { return Judge::Targets; }
  [[nodiscard]] MetricRange range() const override { return {-1.0, 1.0}; }
  [[nodiscard]] std::optional<std::size_t> only_output() const override {
    return static_cast<std::size_t>(spec_.output);
  }
  [[nodiscard]] std::string identity() const override {
    return fmt::format("{} revision={} output={}", spec_.type, kRevision, spec_.output);
  }
  [[nodiscard]] Status accepts(std::span<const OutputView> outputs, const Truth& truth) const override {
    if (auto ok = has_target(outputs, spec_.output, truth); !ok) return ok;
    if (element_count(truth.target->shape) == 1) return {};
    return fail(Cause::InvalidInput, "output {} has shape {} per sample, a single number is needed", spec_.output,
                shape_of(outputs[static_cast<std::size_t>(spec_.output)]));
  }

  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth& truth) const override {
    const double found = values_of(outputs[static_cast<std::size_t>(spec_.output)]).at(0);
    const double wanted = values_of(*truth.target).at(0);
    const double error = std::abs(found - wanted);
    const double bounded = error < kWorstError ? error : kWorstError;
    return {.value = -bounded * bounded, .state = {found, wanted}};
  }

  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    std::vector<double> found, wanted;
    for (const auto& score : scores) {
      found.push_back(score.state.at(0));
      wanted.push_back(score.state.at(1));
    }
    found = without_nan(std::move(found));
    wanted = without_nan(std::move(wanted));
    return spec_.type == "spearman" ? correlation(ranks(found), ranks(wanted)) : correlation(found, wanted);
  }

 private:
  /// Raised when the same outputs and targets give other values than before.
  static constexpr int kRevision = 1;

  MetricSpec spec_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Metric> make_regression(const MetricSpec& spec) { return std::make_unique<Regression>(spec); }
std::unique_ptr<Metric> make_correlation(const MetricSpec& spec) { return std::make_unique<Correlation>(spec); }

}  // namespace quantrail
