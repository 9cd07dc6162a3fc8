#include <array>

#include "runtime/emit_moving.h"
#include "runtime/recurrent_run.h"

namespace quantrail {
namespace {

using kernels::Unary;
using kernels::UnaryOp;

std::optional<Unary> function_of(const CellActivation& activation) {
  using Kind = CellActivation::Kind;
  const auto alpha = static_cast<float>(activation.alpha);
  const auto beta = static_cast<float>(activation.beta);
  switch (activation.kind) {
    case Kind::Relu: return Unary{UnaryOp::Relu};
    case Kind::Tanh: return Unary{UnaryOp::Tanh};
    case Kind::Sigmoid: return Unary{UnaryOp::Sigmoid};
    case Kind::LeakyRelu: return Unary{UnaryOp::LeakyRelu, alpha};
    case Kind::HardSigmoid: return Unary{UnaryOp::HardSigmoid, alpha, beta};
    case Kind::Elu: return Unary{UnaryOp::Elu, alpha};
    case Kind::Softsign: return Unary{UnaryOp::Softsign};
    case Kind::Softplus: return Unary{UnaryOp::Softplus};
    default: return std::nullopt;
  }
}

/// The functions of direction `direction`; nothing when one of them has no kernel.
std::optional<kernels::CellFunctions> functions_of(const Recurrence& r, std::size_t direction) {
  std::array<Unary, 3> functions{};
  for (std::size_t at = 0; at < r.activations_each(); ++at) {
    const auto function = function_of(r.activations[direction * r.activations_each() + at]);
    if (!function) return std::nullopt;
    functions[at] = *function;
  }
  return kernels::CellFunctions{functions[0], functions[1], functions[2], static_cast<float>(r.clip)};
}

/// Part of a float32 constant.
std::span<const float> part(const Tensor& tensor, std::int64_t first, std::int64_t count) {
  return tensor.values<float>().subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}

class RecurrentEmitter {
 public:
  RecurrentEmitter(const Emission& e, Recurrence r) : e_(e), r_(std::move(r)), lines_(r_.gates * r_.hidden) {}

  Status run(std::vector<kernels::CellFunctions> functions) {
    auto job = std::make_shared<RecurrentJob>();
    job->coupled = int_attribute(e_.node(), "input_forget", 0) != 0;
    job->linear_before_reset = int_attribute(e_.node(), "linear_before_reset", 0) != 0;
    job->where = e_.where();
    for (std::size_t d = 0; d < functions.size(); ++d) {
      if (auto done = add_direction(*job, d, functions[d]); !done) return done;
    }
    job->shape = r_;
    return add_run(std::move(job));
  }

 private:
  /// A product with the lines [first, first + lines) of input `input` (W or R), plus their biases.
  Result<std::shared_ptr<const Linear>> product(std::size_t input, std::int64_t rows, std::size_t direction,
                                                std::int64_t first, std::int64_t lines) {
    const auto d = static_cast<std::int64_t>(direction);
    const std::int64_t depth = input == 1 ? r_.input : r_.hidden;
    const auto weights = part(*e_.constant(input), (d * lines_ + first) * depth, lines * depth);
    LinearSpec spec{MatMulShape{{rows, depth}, {depth, lines}, {rows, lines}, true}};
    if (const auto bias = e_.constant(3)) {
      const auto of_lines = part(*bias, (2 * d + (input == 1 ? 0 : 1)) * lines_ + first, lines);
      spec.epilogue.bias.assign(of_lines.begin(), of_lines.end());
    }
    Hasher key;
    key.add("recurrent").add(e_.node().name).add(static_cast<std::int64_t>(input)).add(d).add(first);
    const LinearWeights stored{std::as_bytes(weights), key.finish()};
    auto& cache = e_.builder().context().cache;
    Hasher compiled;
    compiled.add("recurrent product").add(stored.identity).add(rows);
    auto linear = cache.get<Linear>(compiled.finish(), [&] { return Linear::make(spec, &stored, cache); });
    if (!linear) return failed(linear, e_.where());
    return linear;
  }

  Status add_direction(RecurrentJob& job, std::size_t d, const kernels::CellFunctions& functions) {
    RecurrentDirection direction;
    direction.functions = functions;
    direction.backwards = d == 1 || r_.direction == Recurrence::Direction::Reverse;
    if (const auto peepholes = e_.constant(7); peepholes && r_.gates == 4) {
      const auto own = part(*peepholes, static_cast<std::int64_t>(d) * 3 * r_.hidden, 3 * r_.hidden);
      direction.peepholes.assign(own.begin(), own.end());
    }
    const bool apart = r_.gates == 3 && !job.linear_before_reset;
    auto hidden = product(2, r_.batch, d, 0, apart ? 2 * r_.hidden : lines_);
    if (!hidden) return failed(hidden);
    direction.hidden = std::move(*hidden);
    if (apart) {
      auto candidate = product(2, r_.batch, d, 2 * r_.hidden, r_.hidden);
      if (!candidate) return failed(candidate);
      direction.candidate = std::move(*candidate);
    }
    job.directions.push_back(std::move(direction));
    return project(d);
  }

  /// The step that multiplies all inputs of all steps at once.
  Status project(std::size_t direction) {
    auto linear = product(1, r_.steps * r_.batch, direction, 0, lines_);
    if (!linear) return failed(linear);
    auto source = e_.read_float(0, Layout::Plain);
    if (!source) return failed(source);
    const auto to = e_.builder().temporary(static_cast<std::size_t>(r_.steps * r_.batch * lines_) * sizeof(float));
    const auto scratch = (*linear)->scratch_bytes();
    e_.step(
        {*source}, {to},
        [linear = *linear, from = *source, to](const Bindings& at) {
          return linear->bound(
              {at.source<std::byte>(from).data(), nullptr, at.target<std::byte>(to).data(), at.scratch()});
        },
        scratch);
    projected_.push_back(to);
    return {};
  }

  [[nodiscard]] Result<std::optional<StorageId>> optional_input(std::size_t input) {
    if (!e_.has_input(input)) return std::optional<StorageId>{};
    auto storage = e_.builder().read(e_.node().inputs[input], {});
    if (!storage) return failed(storage, e_.where());
    reads_.push_back(*storage);
    return std::optional(*storage);
  }

  [[nodiscard]] std::optional<StorageId> output(std::size_t index) {
    const auto& outputs = e_.node().outputs;
    if (index >= outputs.size() || outputs[index].empty()) return std::nullopt;
    writes_.push_back(e_.builder().write(outputs[index], {}));
    return writes_.back();
  }

  [[nodiscard]] StorageId working(std::int64_t floats) {
    writes_.push_back(e_.builder().temporary(static_cast<std::size_t>(floats) * sizeof(float)));
    return writes_.back();
  }

  Status add_run(std::shared_ptr<const RecurrentJob> job) {
    reads_ = projected_;
    const auto lengths = optional_input(4);
    const auto h0 = optional_input(5);
    const auto c0 = r_.gates == 4 ? optional_input(6) : Result<std::optional<StorageId>>{};
    for (const auto* input : {&lengths, &h0, &c0}) {
      if (!*input) return failed(*input);
    }
    const auto y = output(0);
    const auto y_h = output(1);
    const auto y_c = r_.gates == 4 ? output(2) : std::nullopt;
    const auto h = working(r_.batch * r_.hidden);
    const auto c = working(r_.batch * r_.hidden);
    const auto lines = working(r_.batch * lines_);
    const auto products = working(r_.batch * (lines_ + r_.hidden));
    std::size_t scratch = 0;
    for (const auto& direction : job->directions) {
      scratch = std::max(scratch, direction.hidden->scratch_bytes());
      if (direction.candidate) scratch = std::max(scratch, direction.candidate->scratch_bytes());
    }
    e_.step(
        reads_, writes_,
        [=, projected = projected_, lengths = *lengths, h0 = *h0, c0 = *c0](const Bindings& at) {
          const auto source = [&](std::optional<StorageId> id) { return id ? at.source<float>(*id).data() : nullptr; };
          const auto target = [&](std::optional<StorageId> id) { return id ? at.target<float>(*id).data() : nullptr; };
          RecurrentOperands operands;
          for (const auto id : projected) operands.projected.push_back(at.source<float>(id).data());
          operands.lengths = lengths ? at.source<std::int32_t>(*lengths).data() : nullptr;
          operands.initial_h = source(h0);
          operands.initial_c = source(c0);
          operands.y = target(y);
          operands.y_h = target(y_h);
          operands.y_c = target(y_c);
          operands.h = target(h);
          operands.c = target(c);
          operands.lines = target(lines);
          operands.products = target(products);
          operands.scratch = at.scratch();
          return recurrent_action(job, operands);
        },
        scratch);
    return {};
  }

  const Emission& e_;
  Recurrence r_;
  std::int64_t lines_;
  std::vector<StorageId> projected_{};
  std::vector<StorageId> reads_{};
  std::vector<StorageId> writes_{};
};

bool known_or_absent(const Emission& e, std::size_t input) {
  return !e.has_input(input) || (e.constant(input) != nullptr && e.is_float(input));
}

}  // namespace

Status emit_recurrent(const Emission& e) {
  const NodeFacts facts(e);
  auto r = recurrence_of(facts.view());
  if (!r) return failed(r, e.where());
  std::vector<kernels::CellFunctions> functions;
  for (std::size_t direction = 0; direction < static_cast<std::size_t>(r->directions()); ++direction) {
    if (const auto known = functions_of(*r, direction)) functions.push_back(*known);
  }
  const bool all_known = functions.size() == static_cast<std::size_t>(r->directions()) && e.is_float(0) &&
                         known_or_absent(e, 1) && known_or_absent(e, 2) && known_or_absent(e, 3) &&
                         known_or_absent(e, 7);
  if (!all_known || r->steps == 0 || r->batch == 0 || r->hidden == 0) return emit_interpreted(e);
  return RecurrentEmitter(e, std::move(*r)).run(std::move(functions));
}

}  // namespace quantrail
