#include "runtime/compile.h"

#include "base/text.h"
#include "model/lowering.h"
#include "runtime/emission.h"
#include "runtime/one_thread.h"

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

Result<CompiledPlan::Value> kept(Builder& builder, const std::string& value, Layout layout) {
  auto storage = builder.read(value, {Numeric::Float, layout});
  if (!storage) return failed(storage);
  builder.keep(*storage);
  const bool last = layout == Layout::ChannelsLast && layout_matters(builder.shape(value));
  return CompiledPlan::Value{concrete({value}, builder.type(value)), *storage, last};
}

}  // namespace

Result<std::shared_ptr<const Plan>> CompiledPlan::compiled(const Graph& graph, const PlanOptions& options,
                                                           std::int64_t batch, PlanCache& cache,
                                                           const Processor& processor) {
  const OneThread one_thread;
  auto shapes = input_shapes(graph, batch);
  if (!shapes) return failed(shapes);
  const auto found = shaped_model(graph, *shapes, cache.state());
  if (!found) return failed(found);
  const ShapedModel& model = **found;
  if (auto known = check_taps(model.specialised, options.taps); !known) return failed(known);
  const auto lowering =
      lowered(graph, model.canonical_index, options.quantization, options.reverted, options.revert_mode);
  const auto units = planned(model, lowering, options.taps);
  const std::set<std::string, std::less<>> taps(options.taps.begin(), options.taps.end());
  Builder builder({model, units, taps, options.quantization, cache.state().number_of(options.quantization),
                   processor.int8_exact, cache.state()});
  if (auto done = emit_all(builder); !done) return failed(done);

  auto plan = std::make_shared<CompiledPlan>();
  plan->batch_ = batch;
  for (const auto& input : graph.inputs) {
    plan->input_infos_.push_back(concrete(input, builder.type(input.name)));
    plan->inputs_.push_back(*builder.read(input.name, {}));
  }
  for (const auto& output : graph.outputs) {
    auto value = kept(builder, output.name, Layout::Plain);
    if (!value) return failed(value);
    plan->output_infos_.push_back(value->info);
    plan->outputs_.push_back(value->storage);
  }
  for (const auto& tap : options.taps) {
    auto value = kept(builder, tap, builder.layout(tap));
    if (!value) return failed(value);
    plan->taps_.push_back(std::move(*value));
  }
  plan->program_ = builder.take();
  plan->layout_ = arranged(plan->program_);
  if (plan->layout_.bytes > kLargestArena) {
    return fail(Cause::Unsupported, "a batch of {} needs {} MiB for its activations, {} are allowed", batch,
                plan->layout_.bytes >> 20U, kLargestArena >> 20U);
  }
  return plan;
}

}  // namespace quantrail
