#include "runtime/depthwise_linear.h"

#include "runtime/kernels_depthwise.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

using kernels::DepthwiseCodes;

/// `sizes` as height and width; a single axis is a row.
struct Plane {
  std::int64_t h = 1;
  std::int64_t w = 1;
};
Plane plane(const std::vector<std::int64_t>& sizes, std::int64_t of_missing_axis = 1) {
  return sizes.size() == 1 ? Plane{of_missing_axis, sizes[0]} : Plane{sizes[0], sizes[1]};
}

kernels::DepthwiseShape kernel_shape(const ConvShape& conv) {
  kernels::DepthwiseShape shape;
  shape.batch = conv.batch;
  shape.channels = conv.channels_in;
  shape.in_h = plane(conv.in).h;
  shape.in_w = plane(conv.in).w;
  shape.out_h = plane(conv.out).h;
  shape.out_w = plane(conv.out).w;
  shape.kernel_h = plane(conv.kernel).h;
  shape.kernel_w = plane(conv.kernel).w;
  shape.stride_h = plane(conv.stride).h;
  shape.stride_w = plane(conv.stride).w;
  shape.dilation_h = plane(conv.dilation).h;
  shape.dilation_w = plane(conv.dilation).w;
  shape.pad_top = plane(conv.pad_begin, 0).h;
  shape.pad_left = plane(conv.pad_begin, 0).w;
  return shape;
}

class DepthwiseLinear final : public Linear {
 public:
  DepthwiseLinear(const LinearSpec& spec, const ConvShape& conv, const LinearWeights& weights, std::size_t threads)
      : threads_(threads),
        to_codes_(spec.result == ElementType::Uint8),
        source_bytes_(static_cast<std::size_t>(element_count(conv.in) * conv.batch * conv.channels_in)),
        result_elements_(static_cast<std::size_t>(element_count(conv.out) * conv.batch * conv.channels_out)),
        kernel_(kernel_shape(conv), {reinterpret_cast<const std::int8_t*>(weights.bytes.data()), weights.bytes.size()},
                rule(spec)) {}

  [[nodiscard]] Action bound(const Operands& operands) const override {
    const std::span source(reinterpret_cast<const std::uint8_t*>(operands.source), source_bytes_);
    if (to_codes_) {
      const std::span result(reinterpret_cast<std::uint8_t*>(operands.result), result_elements_);
      return action([this, source, result] { run(source, result); });
    }
    const std::span result(reinterpret_cast<float*>(operands.result), result_elements_);
    return action([this, source, result] { run(source, result); });
  }
  [[nodiscard]] std::size_t scratch_bytes() const override { return 0; }
  [[nodiscard]] std::string kernel() const override { return "depthwise"; }

 private:
  template <class T>
  void run(std::span<const std::uint8_t> source, std::span<T> result) const {
    shared_work(threads_, static_cast<std::size_t>(kernel_.rows()), 1,
                [&](std::size_t first, std::size_t last, std::size_t) {
                  kernel_.run(source, result, {static_cast<std::int64_t>(first), static_cast<std::int64_t>(last)});
                });
  }

  static kernels::DepthwiseRule rule(const LinearSpec& spec) {
    kernels::DepthwiseRule rule{static_cast<std::uint8_t>(spec.source_zero_point), spec.epilogue.scale,
                                spec.epilogue.bias};
    rule.lo = spec.epilogue.clamp.lo;
    rule.hi = spec.epilogue.clamp.hi;
    return rule;
  }

  std::size_t threads_;
  bool to_codes_;
  std::size_t source_bytes_;
  std::size_t result_elements_;
  DepthwiseCodes kernel_;
};

}  // namespace

bool is_depthwise(const std::variant<ConvShape, MatMulShape>& shape) {
  const auto* conv = std::get_if<ConvShape>(&shape);
  return conv != nullptr && !conv->transposed && conv->in.size() <= 2 && conv->groups == conv->channels_in &&
         conv->channels_in == conv->channels_out && element_count(conv->kernel) <= DepthwiseCodes::kMaxTaps;
}

bool depthwise_is_faster(const std::variant<ConvShape, MatMulShape>& shape) {
  return kernels::depthwise_pays(kernel_shape(std::get<ConvShape>(shape)));
}

std::shared_ptr<const Linear> depthwise_linear(const LinearSpec& spec, const LinearWeights& weights,
                                               std::size_t threads) {
  return std::make_shared<const DepthwiseLinear>(spec, std::get<ConvShape>(spec.shape), weights, threads);
}

}  // namespace quantrail
