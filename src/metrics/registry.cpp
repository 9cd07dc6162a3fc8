#include "metrics/registry.h"

#include <map>

#include "base/text.h"
#include "metrics/accuracy.h"
#include "metrics/command_metric.h"
#include "metrics/f1.h"
#include "metrics/fidelity.h"
#include "metrics/mean_average_precision.h"
#include "metrics/mean_iou.h"
#include "metrics/regression.h"

namespace quantrail {
namespace {

using Maker = Result<std::unique_ptr<Metric>> (*)(const MetricSpec&);

/// Of a metric that can be made of any description.
template <std::unique_ptr<Metric> (*Make)(const MetricSpec&)>
Result<std::unique_ptr<Metric>> always(const MetricSpec& spec) {
  return Make(spec);
}

const std::map<std::string, Maker>& makers() {
  static const std::map<std::string, Maker> known = {{"accuracy", always<make_accuracy>},
                                                     {"agreement", always<make_fidelity>},
                                                     {"command", make_command_metric},
                                                     {"cosine", always<make_fidelity>},
                                                     {"f1", always<make_f1>},
                                                     {"mae", always<make_regression>},
                                                     {"map", always<make_mean_average_precision>},
                                                     {"miou", always<make_mean_iou>},
                                                     {"mse", always<make_regression>},
                                                     {"nmse", always<make_fidelity>},
                                                     {"pearson", always<make_correlation>},
                                                     {"psnr", always<make_regression>},
                                                     {"rmse", always<make_regression>},
                                                     {"spearman", always<make_correlation>}};
  return known;
}

}  // namespace

Result<std::unique_ptr<Metric>> make_metric(const MetricSpec& spec) {
  const auto found = makers().find(spec.type);
  if (found != makers().end()) return found->second(spec);
  const auto& known = metric_type_names();
  return fail(Cause::InvalidInput, "unknown metric \"{}\"{}, known are {}", printable(spec.type),
              did_you_mean(spec.type, known), joined(known, ", "));
}

}  // namespace quantrail
