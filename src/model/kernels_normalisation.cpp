#include <algorithm>
#include <cmath>

#include "model/kernels.h"
#include "model/lines.h"
#include "model/moments.h"
#include "model/numbers.h"
#include "model/shape_math.h"
#include "model/strided.h"

namespace quantrail {
namespace {

template <bool kLog>
Status softmax(const KernelCall& call) {
  const Tensor& in = call.input(0);
  if (in.shape.empty()) return fail(Cause::InvalidInput, "needs at least one axis");
  const auto axis = *normal_axis(call.view.integer("axis", -1), in.shape.size());
  return for_float_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    for_each_line(in.shape, axis, [&](const Line& line) {
      const auto [first, stride, count] = line;
      const T* x = in.values<T>().data() + first;
      T* y = call.output().values<T>().data() + first;
      T largest = x[0];
      for (std::int64_t at = 1; at < count; ++at) largest = std::max(largest, x[at * stride]);
      double total = 0.0;
      for (std::int64_t at = 0; at < count; ++at) {
        const T shifted = x[at * stride] - largest;
        const T power = std::exp(shifted);
        total += static_cast<double>(power);
        y[at * stride] = kLog ? shifted : power;
      }
      const T divisor = static_cast<T>(kLog ? std::log(total) : total);
      for (std::int64_t at = 0; at < count; ++at)
        y[at * stride] = kLog ? y[at * stride] - divisor : y[at * stride] / divisor;
    });
    return {};
  });
}

/// Scale and bias repeated to the normalised shape, so that the loop below is plain.
template <class T>
std::vector<T> repeated(const Tensor& tensor, const Shape& shape) {
  std::vector<T> values(static_cast<std::size_t>(element_count(shape)));
  copy_strided(sizeof(T), shape, {tensor.bytes.data(), broadcast_strides(tensor.shape, shape)},
               {reinterpret_cast<std::byte*>(values.data()), strides_of(shape)});
  return values;
}

Status layer_normalization(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const auto axis = static_cast<std::ptrdiff_t>(*normal_axis(call.view.integer("axis", -1), in.shape.size()));
  const Shape inner(in.shape.begin() + axis, in.shape.end());
  const auto count = element_count(inner);
  const auto epsilon = static_cast<double>(float_attribute(call.view.node(), "epsilon", 1e-5F));
  return for_float_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const auto scale = repeated<T>(call.input(1), inner);
    const auto bias = call.has(2) ? repeated<T>(call.input(2), inner) : std::vector<T>(scale.size(), T{0});
    const T* x = in.values<T>().data();
    T* y = call.output().values<T>().data();
    const auto groups = count == 0 ? 0 : element_count(in.shape) / count;
    for (std::int64_t group = 0; group < groups; ++group, x += count, y += count) {
      const auto [mean, inverse] = moments(x, count, epsilon);
      for (std::int64_t at = 0; at < count; ++at) {
        const auto where = static_cast<std::size_t>(at);
        y[at] = static_cast<T>((static_cast<double>(x[at]) - mean) * inverse) * scale[where] + bias[where];
      }
      const auto where = static_cast<std::size_t>(group);
      if (call.outputs.size() > 1) call.outputs[1].values<float>()[where] = static_cast<float>(mean);
      if (call.outputs.size() > 2) call.outputs[2].values<float>()[where] = static_cast<float>(inverse);
    }
    return {};
  });
}

/// y = x / (bias + alpha / size * sum of squares over `size` neighbouring channels)^beta
Status local_response(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const Node& node = call.view.node();
  const auto size = call.view.integer("size", 0);
  if (in.shape.size() < 2 || size < 1) return fail(Cause::InvalidInput, "needs channels and a positive size");
  const double alpha = static_cast<double>(float_attribute(node, "alpha", 1e-4F)) / static_cast<double>(size);
  const auto beta = static_cast<double>(float_attribute(node, "beta", 0.75F));
  const auto bias = static_cast<double>(float_attribute(node, "bias", 1.0F));
  return for_float_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    for_each_line(in.shape, 1, [&](const Line& line) {
      const auto [first, stride, channels] = line;
      const T* x = in.values<T>().data() + first;
      T* y = call.output().values<T>().data() + first;
      for (std::int64_t channel = 0; channel < channels; ++channel) {
        const auto from = std::max<std::int64_t>(0, channel - (size - 1) / 2);
        const auto to = std::min(channels - 1, channel + size / 2);
        double squares = 0.0;
        for (auto other = from; other <= to; ++other)
          squares += static_cast<double>(x[other * stride]) * static_cast<double>(x[other * stride]);
        y[channel * stride] =
            static_cast<T>(static_cast<double>(x[channel * stride]) / std::pow(bias + alpha * squares, beta));
      }
    });
    return {};
  });
}

/// Normalises each of `groups` runs of channels of each sample, then scales and shifts. `per_group`: the scale and the
/// bias have one value per group, not per channel.
Status normalise_groups(const KernelCall& call, std::int64_t groups, bool per_group) {
  const Tensor& in = call.input(0);
  const auto epsilon = static_cast<double>(float_attribute(call.view.node(), "epsilon", 1e-5F));
  const auto channels = in.shape[1] / groups;
  const auto area = element_count({in.shape.begin() + 2, in.shape.end()});
  return for_float_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const auto parameter = [&](std::size_t input, std::int64_t index) {
      return static_cast<double>(call.input(input).values<T>()[static_cast<std::size_t>(index)]);
    };
    const T* x = in.values<T>().data();
    T* y = call.output().values<T>().data();
    for (std::int64_t group = 0; group < in.shape[0] * groups; ++group) {
      const auto [mean, inverse] = moments(x, channels * area, epsilon);
      for (std::int64_t channel = 0; channel < channels; ++channel) {
        const auto index = per_group ? group % groups : group % groups * channels + channel;
        const double scale = parameter(1, index) * inverse;
        const double shift = parameter(2, index);
        for (std::int64_t at = 0; at < area; ++at)
          *y++ = static_cast<T>((static_cast<double>(*x++) - mean) * scale + shift);
      }
    }
    return {};
  });
}

Status instance_normalization(const KernelCall& call) {
  const auto channels = call.input(0).shape[1];
  return channels == 0 ? Status{} : normalise_groups(call, channels, false);
}

Status group_normalization(const KernelCall& call) {
  return normalise_groups(call, call.view.integer("num_groups", 1), call.view.opset() < 21);
}

}  // namespace

void add_normalisation_kernels(Kernels& kernels) {
  kernels["Softmax"] = softmax<false>;
  kernels["LogSoftmax"] = softmax<true>;
  kernels["LayerNormalization"] = layer_normalization;
  kernels["InstanceNormalization"] = instance_normalization;
  kernels["GroupNormalization"] = group_normalization;
  kernels["LRN"] = local_response;
}

}  // namespace quantrail
