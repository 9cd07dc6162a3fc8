#include <algorithm>
#include <cmath>

#include "model/kernels.h"
#include "model/lines.h"
#include "model/numbers.h"

namespace quantrail {
namespace {

/// Logarithm of the softmax along axis 1.
template <class T>
std::vector<T> log_probabilities(const Tensor& scores) {
  std::vector<T> result(static_cast<std::size_t>(element_count(scores.shape)));
  const T* x = scores.values<T>().data();
  for_each_line(scores.shape, 1, [&](const Line& line) {
    T largest = x[line.at(0)];
    for (std::int64_t at = 1; at < line.count; ++at) largest = std::max(largest, x[line.at(at)]);
    double total = 0.0;
    for (std::int64_t at = 0; at < line.count; ++at) total += std::exp(static_cast<double>(x[line.at(at)] - largest));
    const auto divisor = static_cast<T>(std::log(total));
    for (std::int64_t at = 0; at < line.count; ++at)
      result[static_cast<std::size_t>(line.at(at))] = x[line.at(at)] - largest - divisor;
  });
  return result;
}

/// What each target costs and weighs.
struct Costs {
  std::vector<double> losses{};
  double weight = 0.0;  ///< of all targets
};

/// Minus the weighted log probability of the class that each target names; 0 for targets to ignore.
template <class T>
Result<Costs> costs_of(const KernelCall& call, std::span<const T> log_probability) {
  const Shape& shape = call.input(0).shape;
  const auto classes = shape[1];
  const auto area = element_count({shape.begin() + 2, shape.end()});
  const bool ignores = call.view.node().attributes.contains("ignore_index");
  const auto ignored = call.view.integer("ignore_index", 0);
  const auto targets = integers_of(call.input(1));
  Costs costs;
  costs.losses.reserve(targets.size());
  for (std::size_t at = 0; at < targets.size(); ++at) {
    const auto target = targets[at];
    if (ignores && target == ignored) {
      costs.losses.push_back(0.0);
      continue;
    }
    if (target < 0 || target >= classes) return fail(Cause::InvalidInput, "target {} of {} classes", target, classes);
    const auto sample = static_cast<std::int64_t>(at) / area;
    const auto where = (sample * classes + target) * area + static_cast<std::int64_t>(at) % area;
    const double weight =
        call.has(2) ? static_cast<double>(call.input(2).values<T>()[static_cast<std::size_t>(target)]) : 1.0;
    costs.losses.push_back(-static_cast<double>(log_probability[static_cast<std::size_t>(where)]) * weight);
    costs.weight += weight;
  }
  return costs;
}

template <class T>
Status write_loss(const KernelCall& call, std::span<const T> log_probability) {
  const auto costs = costs_of<T>(call, log_probability);
  if (!costs) return failed(costs);
  auto out = call.output().values<T>();
  const std::string how = string_attribute(call.view.node(), "reduction", "mean");
  if (how == "none") {
    std::transform(costs->losses.begin(), costs->losses.end(), out.begin(), [](double x) { return static_cast<T>(x); });
    return {};
  }
  double total = 0.0;
  for (const double loss : costs->losses) total += loss;
  out[0] = static_cast<T>(how == "sum" ? total : total / costs->weight);
  return {};
}

Status negative_log_likelihood(const KernelCall& call) {
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    return write_loss<decltype(zero)>(call, call.input(0).values<decltype(zero)>());
  });
}

Status softmax_cross_entropy(const KernelCall& call) {
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const auto log_probability = log_probabilities<T>(call.input(0));
    if (call.outputs.size() > 1)
      std::copy(log_probability.begin(), log_probability.end(), call.outputs[1].values<T>().begin());
    return write_loss<T>(call, log_probability);
  });
}

}  // namespace

void add_loss_kernels(Kernels& kernels) {
  kernels["NegativeLogLikelihoodLoss"] = negative_log_likelihood;
  kernels["SoftmaxCrossEntropyLoss"] = softmax_cross_entropy;
}

}  // namespace quantrail
