#include "model/window.h"
#include "runtime/emit_moving.h"
#include "runtime/kernels_pool.h"

namespace quantrail {
namespace {

kernels::PoolShape pool_shape(const Shape& source, const Shape& result, const Window& window) {
  kernels::PoolShape shape;
  shape.batch = source[0];
  shape.channels = source[1];
  const std::size_t axes = source.size() - 2;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    shape.axes[shape.axes.size() - axes + axis] = {
        source[axis + 2],       result[axis + 2],        window.kernel[axis],  window.strides[axis],
        window.dilations[axis], window.pads_begin[axis], window.pads_end[axis]};
  }
  return shape;
}

bool has_means_of_codes(const Emission& e) {
  return e.codes_to_codes() && e.builder().params(e.node().inputs[0]) != nullptr;
}

/// A mean has other parameters than its source, so it is computed, not moved.
template <class Kernel>
Status emit_means_of_codes(const Emission& e, Kernel kernel) {
  auto source = e.read_codes(0, Layout::ChannelsLast);
  if (!source) return failed(source);
  const kernels::CodeMeans params{e.params(e.node().inputs[0]), e.params(e.result())};
  const auto result = e.builder().write(e.result(), {Numeric::Codes, Layout::ChannelsLast});
  e.step({*source}, {result}, [=, from = *source](const Bindings& at) {
    return action([=, source = at.source<std::uint8_t>(from), target = at.target<std::uint8_t>(result)] {
      kernel(source, params, target);
    });
  });
  return {};
}

}  // namespace

Status emit_pool(const Emission& e) {
  const Node& node = e.node();
  const bool indices =
      node.outputs.size() > 1 && e.builder().context().plan.demands.wants(node.outputs[1], Numeric::Float);
  if (!e.is_float(0) || e.shape(0).size() < 3 || e.shape(0).size() > 5 || indices) return emit_interpreted(e);
  auto window = window_of(node, {e.shape(0).begin() + 2, e.shape(0).end()}, {});
  if (!window) return failed(window, e.where());
  const auto shape = pool_shape(e.shape(0), e.result_shape(), *window);
  if (node.op == "MaxPool") {
    return emit_moving(e, Layout::ChannelsLast,
                       [shape](auto source, auto target) { kernels::max_pool(source, shape, target); });
  }
  const bool with_pads = int_attribute(node, "count_include_pad", 0) != 0;
  if (has_means_of_codes(e)) {
    return emit_means_of_codes(e, [shape, with_pads](auto source, const auto& params, auto target) {
      kernels::average_pool(source, shape, with_pads, params, target);
    });
  }
  auto source = e.read_float(0, Layout::ChannelsLast);
  if (!source) return failed(source);
  const auto result = e.builder().write(e.result(), {Numeric::Float, Layout::ChannelsLast});
  e.step({*source}, {result}, [=, from = *source](const Bindings& at) {
    return action([=, source = at.source<float>(from), target = at.target<float>(result)] {
      kernels::average_pool(source, shape, with_pads, target);
    });
  });
  return {};
}

Status emit_global_pool(const Emission& e) {
  if (!e.is_float(0) || e.shape(0).size() < 3) return emit_interpreted(e);
  const auto channels = channels_of(e.shape(0));
  if (e.node().op == "GlobalMaxPool") {
    return emit_moving(e, Layout::ChannelsLast,
                       [channels](auto source, auto target) { kernels::global_max_pool(source, channels, target); });
  }
  if (has_means_of_codes(e)) {
    return emit_means_of_codes(e, [channels](auto source, const auto& params, auto target) {
      kernels::global_average_pool(source, channels, params, target);
    });
  }
  auto source = e.read_float(0, Layout::ChannelsLast);
  if (!source) return failed(source);
  const auto result = e.builder().write(e.result(), {Numeric::Float, Layout::ChannelsLast});
  e.step({*source}, {result}, [=, from = *source](const Bindings& at) {
    return action([=, source = at.source<float>(from), target = at.target<float>(result)] {
      kernels::global_average_pool(source, channels, target);
    });
  });
  return {};
}

}  // namespace quantrail
