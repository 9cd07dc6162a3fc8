#include "model/einsum.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "base/text.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

/// Letters stand for themselves; the axes of an ellipsis are numbered from the last one, so that they broadcast.
using Label = int;
using Labels = std::vector<Label>;
constexpr Label kEllipsis = -1;
constexpr Label kFirstNumbered = 256;

Result<Labels> parsed_term(std::string_view term) {
  Labels labels;
  for (std::size_t at = 0; at < term.size(); ++at) {
    const auto letter = static_cast<unsigned char>(term[at]);
    if (letter == ' ') continue;
    if (std::isalpha(letter) != 0) {
      labels.push_back(letter);
    } else if (term.substr(at, 3) == "..." && std::find(labels.begin(), labels.end(), kEllipsis) == labels.end()) {
      labels.push_back(kEllipsis);
      at += 2;
    } else {
      return fail(Cause::InvalidInput, "the equation's term '{}' holds what is neither a letter nor one '...'",
                  printable(term));
    }
  }
  return labels;
}

/// Replaces the ellipsis by `axes` numbered labels.
Labels spread(const Labels& labels, std::size_t axes) {
  Labels result;
  for (const auto label : labels) {
    if (label != kEllipsis) {
      result.push_back(label);
      continue;
    }
    for (std::size_t axis = axes; axis-- > 0;) result.push_back(kFirstNumbered + static_cast<Label>(axis));
  }
  return result;
}

struct Equation {
  std::vector<Labels> operands{};
  Labels result{};
};

Result<std::vector<Labels>> parsed_operands(std::string_view left, const std::vector<Shape>& shapes) {
  std::vector<Labels> operands;
  for (const auto& shape : shapes) {
    if (left.data() == nullptr) return fail(Cause::InvalidInput, "the equation has fewer terms than there are inputs");
    const auto comma = left.find(',');
    auto labels = parsed_term(left.substr(0, comma));
    if (!labels) return failed(labels);
    left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
    const bool open = std::find(labels->begin(), labels->end(), kEllipsis) != labels->end();
    const auto named = labels->size() - (open ? 1 : 0);
    if (named > shape.size() || (!open && named != shape.size()))
      return fail(Cause::InvalidInput, "a term names {} axes of an input of shape {}", named, shape_text(shape));
    operands.push_back(spread(*labels, shape.size() - named));
  }
  if (left.data() != nullptr) return fail(Cause::InvalidInput, "the equation has more terms than there are inputs");
  return operands;
}

std::size_t numbered(const std::vector<Labels>& operands) {
  Label most = kFirstNumbered - 1;
  for (const auto& labels : operands)
    for (const auto label : labels) most = std::max(most, label);
  return static_cast<std::size_t>(most - kFirstNumbered + 1);
}

/// Without "->": the ellipsis' axes, then every letter that appears once, in alphabetical order.
Labels implicit_result(const std::vector<Labels>& operands) {
  std::map<Label, int> appearances;
  for (const auto& labels : operands)
    for (const auto label : labels) ++appearances[label];
  Labels result = spread({kEllipsis}, numbered(operands));
  for (const auto& [label, count] : appearances)
    if (label < kFirstNumbered && count == 1) result.push_back(label);
  return result;
}

Result<Equation> parsed(std::string_view text, const std::vector<Shape>& shapes) {
  const auto arrow = text.find("->");
  auto operands = parsed_operands(text.substr(0, arrow), shapes);
  if (!operands) return failed(operands);
  Equation equation{std::move(*operands), {}};
  if (arrow == std::string_view::npos) {
    equation.result = implicit_result(equation.operands);
    return equation;
  }
  const auto labels = parsed_term(text.substr(arrow + 2));
  if (!labels) return failed(labels);
  equation.result = spread(*labels, numbered(equation.operands));
  return equation;
}

/// The common size of each label; one broadcasts.
Result<std::map<Label, std::int64_t>> label_sizes(const Equation& equation, const std::vector<Shape>& shapes) {
  std::map<Label, std::int64_t> sizes;
  for (std::size_t operand = 0; operand < shapes.size(); ++operand) {
    for (std::size_t axis = 0; axis < shapes[operand].size(); ++axis) {
      const auto size = shapes[operand][axis];
      auto& common = sizes.try_emplace(equation.operands[operand][axis], 1).first->second;
      if (common != 1 && size != 1 && common != size)
        return fail(Cause::InvalidInput, "one label of the equation stands for sizes {} and {}", common, size);
      if (size != 1) common = size;
    }
  }
  return sizes;
}

std::vector<std::int64_t> label_strides(const Labels& order, const Labels& labels, const Shape& shape) {
  std::vector<std::int64_t> strides(order.size(), 0);
  const auto own = strides_of(shape);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const auto where = std::find(order.begin(), order.end(), labels[axis]) - order.begin();
    if (shape[axis] != 1) strides[static_cast<std::size_t>(where)] += own[axis];
  }
  return strides;
}

}  // namespace

Result<Einsum> einsum_of(std::string_view text, const std::vector<Shape>& shapes) {
  const auto equation = parsed(text, shapes);
  if (!equation) return failed(equation);
  const auto sizes = label_sizes(*equation, shapes);
  if (!sizes) return failed(sizes);
  Labels order;
  for (const auto label : equation->result) {
    if (!sizes->contains(label)) return fail(Cause::InvalidInput, "the equation's result has a label of no input");
    if (std::find(order.begin(), order.end(), label) != order.end())
      return fail(Cause::InvalidInput, "the equation's result has one label twice");
    order.push_back(label);
  }
  Einsum einsum{.kept = order.size()};
  for (const auto& labels : equation->operands)
    for (const auto label : labels)
      if (std::find(order.begin(), order.end(), label) == order.end()) order.push_back(label);
  for (const auto label : order) einsum.sizes.push_back(sizes->at(label));
  for (std::size_t operand = 0; operand < shapes.size(); ++operand)
    einsum.strides.push_back(label_strides(order, equation->operands[operand], shapes[operand]));
  return einsum;
}

}  // namespace quantrail
