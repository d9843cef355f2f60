internal import HailoBase
internal import HailoHEF

/// Where in a network group something is that cannot be set up, for error messages.
struct Refusal {
    let group: Name
    var context: String?
    var layer: Name?

    func `in`(_ context: String?) -> Refusal {
        var place = self
        place.context = context
        return place
    }

    func at(_ layer: Name) -> Refusal {
        var place = self
        place.layer = layer
        return place
    }

    func error(_ status: Status, _ what: String) -> HailoError {
        var text = "cannot configure group \"\(group)\""
        if let context { text += ", \(context)" }
        if let layer { text += ", layer \"\(layer)\"" }
        return HailoError(status, text + ": " + what)
    }

    /// Runs something that fails without knowing where.
    func list(_ what: String, _ body: () throws(ListSize.Failure) -> ListSize) throws(HailoError) -> ListSize {
        do throws(ListSize.Failure) {
            return try body()
        } catch {
            switch error {
            case .pageSize:
                throw self.error(
                    .hefUnsupported, "no descriptor page of 64 to 4096 bytes fits its transfers (\(what))")
            case .tooLarge:
                throw self.error(
                    .modelTooLarge,
                    "its transfers need more than \(ListSize.maximumDescriptors) descriptors (\(what)); choose a smaller batch, or "
                        + "compile the model with smaller tensors")
            }
        }
    }
}

extension ChannelAllocator.Use {
    init(_ layer: Layer) {
        let kind: Kind =
            switch layer.connection {
            case .boundary: .boundary
            case .interContext: .interContext
            case .ddr: .ddr
            case .cache: .cache
            }
        self.init(kind: kind, direction: layer.direction, name: layer.name, stream: layer.stream)
    }
}
