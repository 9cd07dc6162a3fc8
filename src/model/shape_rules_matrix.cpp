#include "model/einsum.h"
#include "model/operand_checks.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

Result<Types> gemm(const NodeView& view) {
  if (view.rank(0) != 2 || view.rank(1) != 2) return fail(Cause::InvalidInput, "its matrices must have rank 2");
  if (auto ok = check_one_type(view); !ok) return failed(ok);
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

/// The shape of the matrix product of inputs 0 and `right`.
Result<Shape> product_shape(const NodeView& view, std::size_t right) {
  Shape a = view.shape(0);
  Shape b = view.shape(right);
  if (a.empty() || b.empty()) return fail(Cause::InvalidInput, "a scalar cannot be multiplied as a matrix");
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  if (a.back() != b[b.size() - 2]) {
    return fail(Cause::InvalidInput, "matrices of shapes {} and {} do not multiply", shape_text(view.shape(0)),
                shape_text(view.shape(right)));
  }
  auto shape = broadcast({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2});
  if (!shape) return failed(shape);
  if (!row) shape->push_back(a[a.size() - 2]);
  if (!column) shape->push_back(b.back());
  return shape;
}

Result<Types> matmul(const NodeView& view) {
  if (auto ok = check_one_type(view); !ok) return failed(ok);
  if (view.type(0).type == ElementType::Bool) return fail(Cause::InvalidInput, "needs numbers, not bool");
  auto shape = product_shape(view, 1);
  if (!shape) return failed(shape);
  return Types{{view.type(0).type, std::move(*shape)}};
}

/// A scale or zero point of a matrix: one value, one per row of the left matrix, or one per column of the right one;
/// of a stack of matrices also [..., rows, 1] or [..., 1, columns].
Status check_per_line(const NodeView& view, std::size_t input, std::size_t matrix) {
  if (!view.has(input) || checked_count(view.shape(input)) == 1) return {};
  const Shape& whole = view.shape(matrix);
  const Shape& lines = view.shape(input);
  const bool left = matrix == 0;
  if (whole.size() < 2) return check_single(view, input, "scales and zero points of a vector");
  const auto count = left ? whole[whole.size() - 2] : whole.back();
  if (lines == Shape{count}) return {};
  Shape stacked = whole;
  stacked[left ? whole.size() - 1 : whole.size() - 2] = 1;
  return check_shape(view, input, stacked, "a scale or zero point per row or column");
}

Result<Types> matmul_integer(const NodeView& view) {
  for (std::size_t input = 0; input < 4; ++input)
    if (auto ok = check_codes(view, input); !ok) return failed(ok);
  if (auto ok = check_per_line(view, 2, 0); !ok) return failed(ok);
  if (auto ok = check_per_line(view, 3, 1); !ok) return failed(ok);
  auto shape = product_shape(view, 1);
  if (!shape) return failed(shape);
  return Types{{ElementType::Int32, std::move(*shape)}};
}

/// Inputs: a, scale, zero point; b, scale, zero point; result's scale, zero point.
Result<Types> qlinear_matmul(const NodeView& view) {
  for (const std::size_t input : {0U, 2U, 3U, 5U, 7U})
    if (auto ok = check_codes(view, input); !ok) return failed(ok);
  for (const std::size_t input : {1U, 4U, 6U})
    if (auto ok = check_floats(view, input); !ok) return failed(ok);
  for (const std::size_t input : {1U, 2U})
    if (auto ok = check_per_line(view, input, 0); !ok) return failed(ok);
  for (const std::size_t input : {4U, 5U})
    if (auto ok = check_per_line(view, input, 3); !ok) return failed(ok);
  for (const std::size_t input : {6U, 7U})
    if (auto ok = check_single(view, input, "the result's scale and zero point"); !ok) return failed(ok);
  auto shape = product_shape(view, 3);
  if (!shape) return failed(shape);
  return Types{{view.type(7).type, std::move(*shape)}};
}

Result<Types> einsum(const NodeView& view) {
  if (auto ok = check_one_type(view); !ok) return failed(ok);
  std::vector<Shape> shapes;
  for (std::size_t input = 0; input < view.inputs(); ++input) {
    if (!view.has(input)) return fail(Cause::InvalidInput, "input {} is missing", input);
    shapes.push_back(view.shape(input));
  }
  const auto equation = einsum_of(string_attribute(view.node(), "equation", ""), shapes);
  if (!equation) return failed(equation);
  return Types{{view.type(0).type, equation->result_shape()}};
}

}  // namespace

void add_matrix_rules(ShapeRules& rules) {
  rules["Gemm"] = {gemm, 2, 3};
  rules["MatMul"] = {matmul, 2, 2};
  rules["MatMulInteger"] = {matmul_integer, 2, 4};
  rules["QLinearMatMul"] = {qlinear_matmul, 8, 8};
  rules["Einsum"] = {einsum, 1, kAnyNumber};
}

}  // namespace quantrail
