#include "model/code_rule.h"
#include "model/quantization_layout.h"
#include "runtime/emit_moving.h"
#include "runtime/kernels_slices.h"

namespace quantrail {
namespace {

/// The node's parameters for codes of type `codes`; nothing where they are computed, or not of 8 bits.
Result<std::optional<kernels::SlicedCodes>> sliced_codes(const Emission& e, ElementType codes) {
  if (codes != ElementType::Uint8 && codes != ElementType::Int8) return std::nullopt;
  const auto rule = code_rule(e.builder().graph(), e.node());
  if (!rule) return failed(rule);
  if (!*rule) return std::nullopt;
  const NodeFacts facts(e);
  const auto layout = quantization_layout(facts.view());
  if (!layout) return failed(layout, e.where());
  const bool is_signed = codes == ElementType::Int8;
  std::vector<ActivationParams> slices;
  for (std::int64_t slice = 0; slice < layout->size; ++slice) {
    const CodeRule one{{(*rule)->scale.at(static_cast<std::size_t>(slice))},
                       {(*rule)->zero.at(static_cast<std::size_t>(slice))},
                       0,
                       codes};
    slices.push_back(as_uint8(one, codes).value());
  }
  return kernels::SlicedCodes(slices, layout->inner, is_signed ? 0x80 : 0);
}

template <class From, class To, class Kernel>
Status emit_row_major(const Emission& e, Kernel kernel) {
  auto source = e.read_float(0, Layout::Plain);
  if (!source) return failed(source);
  const auto result = e.builder().write(e.result(), {Numeric::Float, Layout::Plain});
  e.step({*source}, {result}, [kernel, from = *source, result](const Bindings& at) {
    return action([kernel, source = at.source<From>(from), target = at.target<To>(result)] { kernel(source, target); });
  });
  return {};
}

}  // namespace

Status emit_quantize(const Emission& e) {
  const auto codes = sliced_codes(e, e.builder().type(e.result()).type);
  if (!codes) return failed(codes);
  if (!*codes || !e.is_float(0)) return emit_interpreted(e);
  return emit_row_major<float, std::uint8_t>(e, [shared = std::make_shared<const kernels::SlicedCodes>(**codes)](
                                                    auto source, auto target) { shared->quantize(source, target); });
}

Status emit_dequantize(const Emission& e) {
  const auto codes = sliced_codes(e, e.builder().type(e.node().inputs[0]).type);
  if (!codes) return failed(codes);
  if (!*codes || e.builder().type(e.result()).type != ElementType::Float32) return emit_interpreted(e);
  return emit_row_major<std::uint8_t, float>(e, [shared = std::make_shared<const kernels::SlicedCodes>(**codes)](
                                                    auto source, auto target) { shared->dequantize(source, target); });
}

}  // namespace quantrail
