#include "model/fourier.h"
#include "model/ngrams.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

Result<ElementType> output_type(const NodeView& view) {
  return element_type_numbered(view.integer("output_datatype", 1));
}

/// The value of a single integer in [0, 2^31).
Result<std::int64_t> size_at(const NodeView& view, std::size_t input, std::string_view what) {
  const auto values = view.integers(input, what);
  if (!values) return failed(values);
  if (values->size() != 1 || values->front() < 0 || values->front() >= (std::int64_t{1} << 31U))
    return fail(Cause::InvalidInput, "{} (input {}) is {}", what, input, shape_text(*values));
  return values->front();
}

Result<Types> window(const NodeView& view) {
  const auto type = output_type(view);
  if (!type) return failed(type);
  const auto size = size_at(view, 0, "its size");
  if (!size) return failed(size);
  return Types{{*type, {*size}}};
}

Result<Types> mel_weights(const NodeView& view) {
  const auto type = output_type(view);
  if (!type) return failed(type);
  const auto bands = size_at(view, 0, "its number of bands");
  if (!bands) return failed(bands);
  const auto length = size_at(view, 1, "its transform's length");
  if (!length) return failed(length);
  for (std::size_t input = 2; input < 5; ++input) {
    if (element_count(view.shape(input)) != 1) return fail(Cause::InvalidInput, "input {} must be one number", input);
  }
  return Types{{*type, {*length / 2 + 1, *bands}}};
}

Result<Types> fourier(const NodeView& view) {
  if (!is_float(view.type(0).type))
    return fail(Cause::InvalidInput, "needs floats, not {}", name_of(view.type(0).type));
  const auto plan = fourier_plan(view);
  if (!plan) return failed(plan);
  TensorType type = view.type(0);
  type.shape[plan->axis] = plan->bins;
  type.shape.back() = 2;
  return Types{std::move(type)};
}

Result<Types> short_time_fourier(const NodeView& view) {
  if (!is_float(view.type(0).type) || (view.has(2) && view.type(2).type != view.type(0).type))
    return fail(Cause::InvalidInput, "needs a signal and a window of one float type");
  const auto plan = frame_plan(view);
  if (!plan) return failed(plan);
  return Types{{view.type(0).type, {view.shape(0)[0], plan->frames, plan->bins, 2}}};
}

Result<Types> count_ngrams(const NodeView& view) {
  const auto ngrams = ngrams_of(view);
  if (!ngrams) return failed(ngrams);
  const auto columns = ngram_columns(view);
  if (!columns) return failed(columns);
  const auto type = view.type(0).type;
  if ((type != ElementType::Int32 && type != ElementType::Int64) || view.rank(0) < 1 || view.rank(0) > 2)
    return fail(Cause::InvalidInput, "needs one or more rows of int32 or int64, not {} {}", name_of(type),
                shape_text(view.shape(0)));
  Shape shape = view.shape(0);
  shape.back() = *columns;
  return Types{{ElementType::Float32, std::move(shape)}};
}

}  // namespace

void add_signal_rules(ShapeRules& rules) {
  for (const auto op : {"HannWindow", "HammingWindow", "BlackmanWindow"}) rules[op] = {window, 1, 1};
  rules["MelWeightMatrix"] = {mel_weights, 5, 5};
  rules["DFT"] = {fourier, 1, 3};
  rules["STFT"] = {short_time_fourier, 2, 4};
  rules["TfIdfVectorizer"] = {count_ngrams, 1, 1};
}

}  // namespace quantrail
