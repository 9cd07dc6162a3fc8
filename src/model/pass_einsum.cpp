#include <algorithm>
#include <numeric>

#include "model/passes.h"

namespace quantrail {
namespace {

bool has(const std::string& labels, char label) { return labels.find(label) != std::string::npos; }

bool distinct(std::string labels) {
  std::sort(labels.begin(), labels.end());
  return std::adjacent_find(labels.begin(), labels.end()) == labels.end() &&
         std::all_of(labels.begin(), labels.end(), [](unsigned char label) { return std::isalpha(label) != 0; });
}

/// "bhid,bhjd->bhij" as what it does to two operands.
struct Terms {
  std::string a{};
  std::string b{};
  std::string result{};
};

std::optional<Terms> terms_of(std::string equation) {
  std::erase(equation, ' ');
  const auto arrow = equation.find("->");
  const auto comma = equation.find(',');
  if (arrow == std::string::npos || comma == std::string::npos || comma > arrow) return std::nullopt;
  Terms terms{equation.substr(0, comma), equation.substr(comma + 1, arrow - comma - 1), equation.substr(arrow + 2)};
  if (!distinct(terms.a) || !distinct(terms.b) || !distinct(terms.result)) return std::nullopt;
  return terms;
}

/// The labels of a product of matrices by what becomes of them, each in the order of the operand that has them first.
struct Roles {
  std::string batch{};
  std::string summed{};
  std::string rows{};
  std::string columns{};
};

/// Nothing where it is no such product: a label of one operand is summed over, or none of both is.
std::optional<Roles> roles_of(const Terms& terms) {
  Roles roles;
  for (const char label : terms.a) {
    const bool shared = has(terms.b, label);
    const bool kept = has(terms.result, label);
    if (!shared && !kept) return std::nullopt;
    (!shared ? roles.rows : kept ? roles.batch : roles.summed) += label;
  }
  for (const char label : terms.b) {
    if (has(terms.a, label)) continue;
    if (!has(terms.result, label)) return std::nullopt;
    roles.columns += label;
  }
  if (roles.summed.empty() || (roles.rows + roles.batch + roles.columns).size() != terms.result.size())
    return std::nullopt;
  return roles;
}

/// Sizes that hold for any batch, -1 where they are not known.
class Sizes {
 public:
  explicit Sizes(const Graph& graph) : graph_(graph), probe_(probed(graph)) {
    const auto shapes = fitting_shapes(graph, 3);
    if (!probe_.exact || !shapes) return;
    if (auto model = specialised(graph, *shapes)) other_ = std::move(model->types);
  }

  [[nodiscard]] const Probe& probe() const { return probe_; }

  [[nodiscard]] Shape known(const std::string& value) const {
    if (const auto constant = graph_.constants.find(value); constant != graph_.constants.end())
      return constant->second->shape;
    Shape shape = probe_.shapes.find(value)->second;
    const auto other = other_.find(value);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      const bool same = other != other_.end() && other->second.shape.size() == shape.size() &&
                        other->second.shape[axis] == shape[axis];
      if (!same) shape[axis] = -1;
    }
    return shape;
  }

 private:
  const Graph& graph_;
  Probe probe_;
  std::map<std::string, TensorType, std::less<>> other_{};
};

using LabelSizes = std::map<char, std::int64_t>;

/// What a Reshape is told; nothing where it cannot be.
class Target {
 public:
  explicit Target(const LabelSizes& sizes) : sizes_(sizes) {}

  void keep(std::size_t axes) { shape_.insert(shape_.end(), axes, 0); }
  void merge(const std::string& labels) {
    std::int64_t size = 1;
    for (const char label : labels) size = size < 0 || sizes_.at(label) < 0 ? -1 : size * sizes_.at(label);
    shape_.push_back(size);
  }
  void split(const std::string& labels) {
    for (const char label : labels) shape_.push_back(sizes_.at(label));
  }

  [[nodiscard]] std::optional<Shape> shape() const {
    const auto zero_size = std::any_of(sizes_.begin(), sizes_.end(), [](const auto& size) { return size.second == 0; });
    if (zero_size || std::count(shape_.begin(), shape_.end(), -1) > 1) return std::nullopt;
    return shape_;
  }

 private:
  const LabelSizes& sizes_;
  Shape shape_{};
};

class Product {
 public:
  Product(Graph& graph, Names& names, const Sizes& sizes, std::vector<Node>& written)
      : graph_(graph), names_(names), sizes_(sizes), written_(written) {}

  /// Writes `node` as a MatMul; false, and nothing is written, where it is none.
  bool write(const Node& node) {
    auto terms = terms_of(string_attribute(node, "equation", ""));
    if (!terms || node.inputs.size() != 2) return false;
    auto inputs = node.inputs;
    if (constant_input(graph_, node, 0) != nullptr) {
      std::swap(terms->a, terms->b);
      std::swap(inputs[0], inputs[1]);
    }
    const auto roles = roles_of(*terms);
    LabelSizes all;
    if (!roles || !take_sizes(all, inputs[0], terms->a) || !take_sizes(all, inputs[1], terms->b)) return false;
    const bool merges = !roles->batch.empty() && roles->rows.size() != 1;
    const auto a_shape = left(*roles, all, merges);
    const auto b_shape = right(*roles, all);
    const auto y_shape = result(*roles, all, merges);
    if (!a_shape || !b_shape || !y_shape || (roles->rows.empty() && !merges)) return false;
    auto a = turned(node.name + "_a", inputs[0], terms->a, roles->batch + roles->rows + roles->summed);
    auto b = turned(node.name + "_b", inputs[1], terms->b, roles->batch + roles->summed + roles->columns);
    if (merges || roles->summed.size() != 1) a = reshaped(node.name + "_a", a, *a_shape);
    if (roles->columns.size() != 1 || roles->summed.size() != 1) b = reshaped(node.name + "_b", b, *b_shape);
    written_.push_back({node.name, "MatMul", {a, b}, {names_.value(node.name + "_product")}, {}, node.absorbed});
    auto y = written_.back().outputs[0];
    if (merges || roles->columns.size() != 1) y = reshaped(node.name + "_y", y, *y_shape);
    turned(node.name + "_y", y, roles->batch + roles->rows + roles->columns, terms->result);
    written_.back().outputs = node.outputs;
    return true;
  }

 private:
  /// Two operands' sizes of a label must be seen to be the same: one repeats else.
  bool take_sizes(LabelSizes& all, const std::string& value, const std::string& labels) {
    const auto probe = sizes_.probe().shapes.find(value);
    if (probe == sizes_.probe().shapes.end() || probe->second.size() != labels.size()) return false;
    if (type_of(sizes_.probe(), value) != ElementType::Float32) return false;
    const auto known = sizes_.known(value);
    for (std::size_t axis = 0; axis < labels.size(); ++axis) {
      if (seen_.try_emplace(labels[axis], probe->second[axis]).first->second != probe->second[axis]) return false;
      auto& size = all.try_emplace(labels[axis], -1).first->second;
      size = std::max(size, known[axis]);
    }
    return true;
  }

  // Without a batch, what is left of the first operand need not become rows of one matrix.
  static std::optional<Shape> left(const Roles& roles, const LabelSizes& sizes, bool merges) {
    Target target(sizes);
    target.keep(roles.batch.size());
    if (merges) target.merge(roles.rows);
    if (!merges) target.keep(roles.rows.size());
    target.merge(roles.summed);
    return target.shape();
  }

  static std::optional<Shape> right(const Roles& roles, const LabelSizes& sizes) {
    Target target(sizes);
    target.keep(roles.batch.size());
    if (roles.summed.size() == 1) target.keep(1);
    if (roles.summed.size() != 1) target.merge(roles.summed);
    target.merge(roles.columns);
    return target.shape();
  }

  static std::optional<Shape> result(const Roles& roles, const LabelSizes& sizes, bool merges) {
    Target target(sizes);
    target.keep(roles.batch.size());
    if (merges) target.split(roles.rows);
    if (!merges) target.keep(roles.rows.size());
    target.split(roles.columns);
    return target.shape();
  }

  std::string turned(const std::string& name, const std::string& value, const std::string& from,
                     const std::string& to) {
    if (from == to) return value;
    std::vector<std::int64_t> perm;
    for (const char label : to) perm.push_back(static_cast<std::int64_t>(from.find(label)));
    written_.push_back({names_.node(name + "_turn"), "Transpose", {value}, {names_.value(name + "_turned")}, {}, {}});
    written_.back().attributes["perm"] = perm;
    return written_.back().outputs[0];
  }

  std::string reshaped(const std::string& name, const std::string& value, const Shape& shape) {
    const auto target = names_.value(name + "_shape");
    const auto rank = static_cast<std::int64_t>(shape.size());
    graph_.constants[target] =
        std::make_shared<Tensor>(Tensor::of<std::int64_t>({rank}, std::span<const std::int64_t>(shape)));
    const auto result = names_.value(name + "_matrix");
    written_.push_back({names_.node(name + "_reshape"), "Reshape", {value, target}, {result}, {}, {}});
    return result;
  }

  Graph& graph_;
  Names& names_;
  const Sizes& sizes_;
  std::vector<Node>& written_;
  std::map<char, std::int64_t> seen_{};
};

}  // namespace

bool multiply_einsums(Graph& graph) {
  const auto is_einsum = [](const Node& node) { return node.op == "Einsum"; };
  if (std::none_of(graph.nodes.begin(), graph.nodes.end(), is_einsum)) return false;
  const Graph before = graph;
  const Sizes sizes(before);
  Names names(graph);
  std::vector<Node> written;
  for (const auto& node : before.nodes) {
    if (!is_einsum(node) || !Product(graph, names, sizes, written).write(node)) written.push_back(node);
  }
  graph.nodes = std::move(written);
  return true;
}

}  // namespace quantrail
