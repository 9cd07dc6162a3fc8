#include <cmath>

#include "model/kernels.h"
#include "model/numbers.h"

namespace quantrail {
namespace {

struct ChannelMoments {
  std::vector<double> mean{};
  std::vector<double> variance{};  ///< of the population
};

/// Channel of plane `plane` of an array [N,C,...].
std::size_t channel_of(std::int64_t plane, const Shape& shape) { return static_cast<std::size_t>(plane % shape[1]); }

template <class T>
ChannelMoments measured(const Tensor& in, std::int64_t area) {
  const auto planes = in.shape[0] * in.shape[1];
  const auto count = static_cast<double>(in.shape[0] * area);
  const auto channels = static_cast<std::size_t>(in.shape[1]);
  ChannelMoments moments{std::vector<double>(channels, 0.0), std::vector<double>(channels, 0.0)};
  const T* x = in.values<T>().data();
  for (std::int64_t at = 0; at < planes * area; ++at)
    moments.mean[channel_of(at / area, in.shape)] += static_cast<double>(x[at]);
  for (auto& mean : moments.mean) mean /= count;
  for (std::int64_t at = 0; at < planes * area; ++at) {
    const auto channel = channel_of(at / area, in.shape);
    const double distance = static_cast<double>(x[at]) - moments.mean[channel];
    moments.variance[channel] += distance * distance;
  }
  for (auto& variance : moments.variance) variance /= count;
  return moments;
}

std::vector<double> doubles(const Tensor& tensor) {
  if (tensor.type == ElementType::Float64) return {tensor.values<double>().begin(), tensor.values<double>().end()};
  const auto values = floats_of(tensor);
  return {values.begin(), values.end()};
}

/// old * momentum + measured * (1 - momentum)
void blend(const Tensor& old, const std::vector<double>& found, double momentum, Tensor& out) {
  const auto before = doubles(old);
  (void)for_float_type(out.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    for (std::size_t at = 0; at < found.size(); ++at)
      out.values<T>()[at] = static_cast<T>(before[at] * momentum + found[at] * (1.0 - momentum));
    return {};
  });
}

Status batch_normalization(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const Node& node = call.view.node();
  const auto epsilon = static_cast<double>(float_attribute(node, "epsilon", 1e-5F));
  const auto momentum = static_cast<double>(float_attribute(node, "momentum", 0.9F));
  const bool training = call.view.integer("training_mode", 0) != 0;
  const auto area = in.shape.size() < 2 ? 1 : element_count({in.shape.begin() + 2, in.shape.end()});
  const auto scales = doubles(call.input(1));
  const auto biases = doubles(call.input(2));
  return for_float_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const ChannelMoments moments =
        training ? measured<T>(in, area) : ChannelMoments{doubles(call.input(3)), doubles(call.input(4))};
    const T* x = in.values<T>().data();
    T* y = call.output().values<T>().data();
    for (std::int64_t plane = 0; plane < in.shape[0] * in.shape[1]; ++plane) {
      const auto channel = channel_of(plane, in.shape);
      const double scale = scales[channel] / std::sqrt(moments.variance[channel] + epsilon);
      const double shift = biases[channel] - scale * moments.mean[channel];
      for (std::int64_t at = 0; at < area; ++at) *y++ = static_cast<T>(static_cast<double>(*x++) * scale + shift);
    }
    if (call.outputs.size() > 1) blend(call.input(3), moments.mean, momentum, call.outputs[1]);
    if (call.outputs.size() > 2) blend(call.input(4), moments.variance, momentum, call.outputs[2]);
    return {};
  });
}

}  // namespace

void add_batch_normalization_kernels(Kernels& kernels) { kernels["BatchNormalization"] = batch_normalization; }

}  // namespace quantrail
