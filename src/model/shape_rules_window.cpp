#include "model/shape_math.h"
#include "model/shape_rules.h"
#include "model/window.h"

namespace quantrail {
namespace {

Shape spatial_of(const Shape& shape) { return {shape.begin() + 2, shape.end()}; }

Shape with_spatial(std::int64_t batch, std::int64_t channels, const Shape& spatial) {
  Shape shape{batch, channels};
  shape.insert(shape.end(), spatial.begin(), spatial.end());
  return shape;
}

Status check_bias(const NodeView& view, std::int64_t channels) {
  if (!view.has(2) || view.shape(2) == Shape{channels}) return {};
  return fail(Cause::InvalidInput, "a bias of shape {} for {} output channels", shape_text(view.shape(2)), channels);
}

Status check_ranks(const NodeView& view) {
  if (view.rank(0) >= 3 && view.rank(1) == view.rank(0)) return {};
  return fail(Cause::InvalidInput, "an input of shape {} with weights of shape {}", shape_text(view.shape(0)),
              shape_text(view.shape(1)));
}

Result<Types> conv(const NodeView& view) {
  if (auto ok = check_ranks(view); !ok) return failed(ok);
  const Shape& x = view.shape(0);
  const Shape& w = view.shape(1);
  const auto groups = view.integer("group", 1);
  if (groups < 1 || w[0] < 1 || w[0] % groups != 0 || x[1] % groups != 0 || x[1] / groups != w[1]) {
    return fail(Cause::InvalidInput, "an input of shape {} with weights of shape {} in {} groups", shape_text(x),
                shape_text(w), groups);
  }
  if (auto ok = check_bias(view, w[0]); !ok) return failed(ok);
  const auto window = window_of(view.node(), spatial_of(x), spatial_of(w));
  if (!window) return failed(window);
  const auto sizes = windows_fitting(*window, spatial_of(x), false);
  if (!sizes) return failed(sizes);
  return Types{{view.type(0).type, with_spatial(x[0], w[0], *sizes)}};
}

Result<Types> conv_transpose(const NodeView& view) {
  if (auto ok = check_ranks(view); !ok) return failed(ok);
  const Shape& x = view.shape(0);
  const Shape& w = view.shape(1);
  const auto groups = view.integer("group", 1);
  if (groups < 1 || w[1] < 1 || x[1] != w[0] || x[1] % groups != 0 || groups > x[1]) {
    return fail(Cause::InvalidInput, "an input of shape {} with weights of shape {} in {} groups", shape_text(x),
                shape_text(w), groups);
  }
  if (auto ok = check_bias(view, w[1] * groups); !ok) return failed(ok);
  const auto window = transposed_window_of(view.node(), spatial_of(x), spatial_of(w));
  if (!window) return failed(window);
  const auto extra = ints_attribute(view.node(), "output_padding", std::vector<std::int64_t>(x.size() - 2, 0));
  Shape sizes;
  for (std::size_t axis = 0; axis + 2 < x.size(); ++axis) {
    sizes.push_back(window->strides[axis] * (x[axis + 2] - 1) + extra[axis] +
                    (window->kernel[axis] - 1) * window->dilations[axis] + 1 - window->pads_begin[axis] -
                    window->pads_end[axis]);
  }
  return Types{{view.type(0).type, with_spatial(x[0], w[1] * groups, sizes)}};
}

Result<Types> pool(const NodeView& view) {
  const Shape& x = view.shape(0);
  if (x.size() < 3) return fail(Cause::InvalidInput, "an input of shape {} has no spatial axes", shape_text(x));
  const auto window = window_of(view.node(), spatial_of(x), {});
  if (!window) return failed(window);
  const auto sizes = windows_fitting(*window, spatial_of(x), view.integer("ceil_mode", 0) != 0);
  if (!sizes) return failed(sizes);
  const Shape shape = with_spatial(x[0], x[1], *sizes);
  if (view.node().op == "MaxPool") return Types{{view.type(0).type, shape}, {ElementType::Int64, shape}};
  return Types{{view.type(0).type, shape}};
}

Result<Types> global_pool(const NodeView& view) {
  const Shape& x = view.shape(0);
  if (x.size() < 3) return fail(Cause::InvalidInput, "an input of shape {} has no spatial axes", shape_text(x));
  return Types{{view.type(0).type, with_spatial(x[0], x[1], Shape(x.size() - 2, 1))}};
}

Result<Types> batch_normalization(const NodeView& view) {
  const Shape& x = view.shape(0);
  if (x.size() < 2) return fail(Cause::InvalidInput, "an input of shape {} has no channels", shape_text(x));
  if (view.integer("training_mode", 0) != 0) return fail(Cause::Unsupported, "training mode is not supported");
  for (std::size_t input = 1; input < 5; ++input) {
    if (view.shape(input) != Shape{x[1]}) {
      return fail(Cause::InvalidInput, "input {} has shape {} for {} channels", input, shape_text(view.shape(input)),
                  x[1]);
    }
  }
  return Types{view.type(0)};
}

Result<Types> gemm(const NodeView& view) {
  if (view.rank(0) != 2 || view.rank(1) != 2) return fail(Cause::InvalidInput, "its matrices must have rank 2");
  const bool a_turned = view.integer("transA", 0) != 0;
  const bool b_turned = view.integer("transB", 0) != 0;
  const Shape& a = view.shape(0);
  const Shape& b = view.shape(1);
  if (a[a_turned ? 0 : 1] != b[b_turned ? 1 : 0]) {
    return fail(Cause::InvalidInput, "matrices of shapes {} and {} do not multiply", shape_text(a), shape_text(b));
  }
  Shape shape{a[a_turned ? 1 : 0], b[b_turned ? 0 : 1]};
  if (view.has(2)) {
    const auto common = broadcast(view.shape(2), shape);
    if (!common) return failed(common);
    if (*common != shape)
      return fail(Cause::InvalidInput, "a bias of shape {} for {}", shape_text(view.shape(2)), shape_text(shape));
  }
  return Types{{view.type(0).type, std::move(shape)}};
}

Result<Types> matmul(const NodeView& view) {
  Shape a = view.shape(0);
  Shape b = view.shape(1);
  if (a.empty() || b.empty()) return fail(Cause::InvalidInput, "a scalar cannot be multiplied as a matrix");
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  if (a.back() != b[b.size() - 2]) {
    return fail(Cause::InvalidInput, "matrices of shapes {} and {} do not multiply", shape_text(view.shape(0)),
                shape_text(view.shape(1)));
  }
  auto shape = broadcast({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2});
  if (!shape) return failed(shape);
  if (!row) shape->push_back(a[a.size() - 2]);
  if (!column) shape->push_back(b.back());
  return Types{{view.type(0).type, std::move(*shape)}};
}

}  // namespace

void add_window_rules(ShapeRules& rules) {
  rules["Conv"] = {conv, 2, 3};
  rules["ConvTranspose"] = {conv_transpose, 2, 3};
  rules["MaxPool"] = {pool, 1, 1};
  rules["AveragePool"] = {pool, 1, 1};
  rules["GlobalAveragePool"] = {global_pool, 1, 1};
  rules["GlobalMaxPool"] = {global_pool, 1, 1};
  rules["BatchNormalization"] = {batch_normalization, 5, 5};
  rules["Gemm"] = {gemm, 2, 3};
  rules["MatMul"] = {matmul, 2, 2};
}

}  // namespace quantrail
