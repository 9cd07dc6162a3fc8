#include "runtime/depthwise_linear.h"

#include "runtime/conv_window.h"
#include "runtime/kernels_depthwise.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

using kernels::DepthwiseCodes;

class DepthwiseLinear final : public Linear {
 public:
  DepthwiseLinear(const LinearSpec& spec, const ConvShape& conv, const LinearWeights& weights, std::size_t threads)
      : threads_(threads),
        to_codes_(spec.result == ElementType::Uint8),
        source_bytes_(static_cast<std::size_t>(element_count(conv.in) * conv.batch * conv.channels_in)),
        result_elements_(static_cast<std::size_t>(element_count(conv.out) * conv.batch * conv.channels_out)),
        kernel_(window_shape(conv), {reinterpret_cast<const std::int8_t*>(weights.bytes.data()), weights.bytes.size()},
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
                                spec.epilogue.bias, static_cast<std::uint8_t>(spec.epilogue.zero_point)};
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
  return kernels::depthwise_pays(window_shape(std::get<ConvShape>(shape)));
}

std::shared_ptr<const Linear> depthwise_linear(const LinearSpec& spec, const LinearWeights& weights,
                                               std::size_t threads) {
  return std::make_shared<const DepthwiseLinear>(spec, std::get<ConvShape>(spec.shape), weights, threads);
}

}  // namespace quantrail
