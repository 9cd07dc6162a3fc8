#include "runtime/compile.h"

#include <algorithm>

#include "base/text.h"
#include "model/lowering.h"
#include "model/weight_edits.h"
#include "runtime/edited_plan.h"
#include "runtime/emission.h"
#include "runtime/imported_plan.h"
#include "runtime/thread_limit.h"

namespace quantrail {
namespace {

ValueInfo concrete(const ValueInfo& declared, const TensorType& type) {
  return {declared.name, type.type, type.shape, {}};
}

/// Beyond this a shape is a mistake or an attack, and malloc may promise memory that is not there.
constexpr std::size_t kLargestArena = std::size_t{1} << 36U;

Status check_taps(const Specialised& model, const std::vector<std::string>& taps) {
  for (const auto& tap : taps) {
    const auto found = model.types.find(tap);
    if (found == model.types.end()) return fail(Cause::InvalidInput, "there is no value \"{}\" to tap", printable(tap));
    if (found->second.type != ElementType::Float32) {
      return fail(Cause::InvalidInput, "value \"{}\" is {}, only float32 can be tapped", printable(tap),
                  name_of(found->second.type));
    }
  }
  return {};
}

Status emit_all(Builder& builder) {
  for (const auto& input : builder.graph().inputs) builder.keep(builder.write(input.name, {}));
  for (const auto& unit : builder.context().plan.units) {
    if (auto done = emit(builder, unit); !done) return done;
  }
  return {};
}

Result<CompiledPlan::Value> left(Builder& builder, const std::string& value, Form form) {
  auto storage = builder.read(value, form);
  if (!storage) return failed(storage);
  const bool last = form.layout == Layout::ChannelsLast && layout_matters(builder.shape(value));
  return CompiledPlan::Value{concrete({value}, builder.type(value)), *storage, last};
}

Result<CompiledPlan::Value> kept(Builder& builder, const std::string& value, Form form) {
  auto made = left(builder, value, form);
  if (made) builder.keep(made->storage);
  return made;
}

/// See CompiledPlan::taps_after().
std::vector<std::vector<std::size_t>> taps_by_step(const Program& program,
                                                   const std::vector<CompiledPlan::Value>& taps) {
  std::vector<std::size_t> written(program.storages.size(), 0);
  for (std::size_t at = 0; at < program.steps.size(); ++at) {
    for (const auto id : program.steps[at].writes) written[id] = at + 1;
  }
  std::vector<std::vector<std::size_t>> after(program.steps.size() + 1);
  for (std::size_t tap = 0; tap < taps.size(); ++tap) after[written[taps[tap].storage]].push_back(tap);
  return after;
}

/// Where `output` is among those that depend on data; nothing for others.
std::optional<std::size_t> late_place(const ShapedModel& model, const std::string& output) {
  const auto& late = model.specialised.late.outputs;
  const auto found = std::find(late.begin(), late.end(), output);
  if (found == late.end()) return std::nullopt;
  return static_cast<std::size_t>(found - late.begin());
}

/// How the nodes that wait for data read `value`; behind its point if any of them does.
Numeric late_form(const ShapedModel& model, const Lowering& lowering, const std::string& value) {
  const auto& nodes = model.specialised.late.nodes;
  for (std::size_t at = 0; at < nodes.size(); ++at) {
    if (!model.canonical_late[at]) continue;
    const auto& reads = lowering.nodes[*model.canonical_late[at]].reads;
    for (std::size_t input = 0; input < nodes[at].inputs.size(); ++input) {
      if (nodes[at].inputs[input] == value && reads.at(input) != Read::Float) return Numeric::Dequantized;
    }
  }
  return Numeric::Float;
}

Result<std::shared_ptr<const LatePart>> late_part(Builder& builder, const ShapedModel& model,
                                                  const Lowering& lowering) {
  const Late& late = model.specialised.late;
  if (late.nodes.empty()) return nullptr;
  auto part = std::make_shared<LatePart>(LatePart{late, model.specialised.graph.opset, {}});
  for (const auto& value : late.reads) {
    const auto source = kept(builder, value, {late_form(model, lowering, value), Layout::Plain});
    if (!source) return failed(source);
    part->sources.push_back({value, builder.type(value), source->storage});
  }
  return part;
}

/// The inputs' common first axis; 1 when there is none.
std::int64_t batch_of(const Graph& graph, const InputShapes& shapes) {
  if (takes_whole_samples(graph.inputs)) return 1;
  std::optional<std::int64_t> batch;
  for (const auto& input : graph.inputs) {
    const Shape& shape = shapes.at(input.name);
    if (shape.empty()) continue;
    if (shape[0] != batch.value_or(shape[0])) return 1;
    batch = shape[0];
  }
  return batch.value_or(1);
}

}  // namespace

std::vector<StorageId> CompiledPlan::left_storages() const {
  std::vector<StorageId> left;
  for (const auto& output : outputs_) {
    if (!output.late) left.push_back(output.storage);
  }
  for (const auto& tap : taps_) left.push_back(tap.storage);
  if (late_) {
    for (const auto& source : late_->sources) left.push_back(source.storage);
  }
  return left;
}

Result<std::shared_ptr<const Plan>> CompiledPlan::compiled(const Graph& graph, const PlanOptions& options,
                                                           const InputShapes& shapes, PlanCache& cache,
                                                           const Processor& processor) {
  if (options.quantization == nullptr && has_codes(graph)) {
    const auto network = imported_network(graph, cache.state());
    if (!network) return failed(network);
    return compiled((*network)->graph, as_imported(**network, options), shapes, (*network)->cache, processor);
  }
  if (options.quantization != nullptr && has_edits(*options.quantization)) {
    const auto network = edited_network(graph, *options.quantization, cache.state());
    PlanOptions plain = options;
    plain.quantization = &network->quantization;
    return compiled(network->graph, plain, shapes, network->cache, processor);
  }
  const ThreadLimit limit(options.threads);
  const auto found = shaped_model(graph, shapes, cache.state());
  if (!found) return failed(found);
  const ShapedModel& model = **found;
  if (auto known = check_taps(model.specialised, options.taps); !known) return failed(known);
  const auto lowering = options.lowering != nullptr ? *options.lowering
                                                    : lowered(graph, model.canonical_index, options.quantization,
                                                              options.reverted, options.revert_mode);
  const auto units = planned(model, lowering, options.taps);
  const std::set<std::string, std::less<>> taps(options.taps.begin(), options.taps.end());
  Builder builder({model, units, taps, options.quantization, cache.state().number_of(options.quantization), processor,
                   options.threads, cache.state()});
  if (auto done = emit_all(builder); !done) return failed(done);

  auto plan = std::make_shared<CompiledPlan>();
  plan->batch_ = batch_of(graph, shapes);
  plan->threads_ = options.threads;
  for (const auto& input : graph.inputs) {
    plan->input_infos_.push_back(concrete(input, builder.type(input.name)));
    plan->inputs_.push_back(*builder.read(input.name, {}));
  }
  auto late = late_part(builder, model, lowering);
  if (!late) return failed(late);
  plan->late_ = std::move(*late);
  for (const auto& output : graph.outputs) {
    if (const auto place = late_place(model, output.name)) {
      plan->output_infos_.push_back({output.name, output.type, Shape(output.shape.size(), -1), {}});
      plan->outputs_.push_back({0, place});
      continue;
    }
    auto value = kept(builder, output.name, {});
    if (!value) return failed(value);
    plan->output_infos_.push_back(value->info);
    plan->outputs_.push_back({value->storage, {}});
  }
  for (const auto& tap : options.taps) {
    const Form form{Numeric::Float, builder.layout(tap)};
    auto value = options.fleeting_taps ? left(builder, tap, form) : kept(builder, tap, form);
    if (!value) return failed(value);
    plan->taps_.push_back(std::move(*value));
  }
  plan->program_ = builder.take();
  plan->taps_after_ = taps_by_step(plan->program_, plan->taps_);
  plan->layout_ = arranged(plan->program_);
  if (plan->layout_.bytes > kLargestArena) {
    return fail(Cause::Unsupported, "a batch of {} needs {} MiB for its activations, {} are allowed", plan->batch_,
                plan->layout_.bytes >> 20U, kLargestArena >> 20U);
  }
  return plan;
}

}  // namespace quantrail
