package import HailoBase
internal import HailoFormats

/// A network, or several that are loaded together.
package struct NetworkGroup: Sendable {
    package let name: Name
    /// One for each layout of clusters, smallest bitmap first; files for chips without layouts have one.
    package let layouts: [Layout]
    package let networkNames: [Name]
    package let sortedOutputs: [Name]
    package let postOps: [PostOp]
    /// The layout that stands first in the file. The expected rate, the number of contexts and original names are its.
    package let firstInFile: CoreOp

    package struct Layout: Sendable {
        /// Which clusters the contents need, one bit each; all bits where there is no choice.
        package let clusters: UInt32
        package let coreOp: CoreOp
    }

    package static let anyClusters = UInt32.max

    /// What a Hailo-8 loads: it has all clusters, so that the smallest layout does.
    package let coreOp: CoreOp

    init(
        name: Name, layouts: [Layout], standard: CoreOp, networkNames: [Name], sortedOutputs: [Name],
        postOps: [PostOp], firstInFile: CoreOp
    ) {
        self.name = name
        self.layouts = layouts
        coreOp = standard
        self.networkNames = networkNames
        self.sortedOutputs = sortedOutputs
        self.postOps = postOps
        self.firstInFile = firstInFile
    }

    // MARK: Streams

    /// The layers of one network, or of all for nil.
    private func layers(_ all: [Layer], _ network: Name?) -> [Layer] {
        guard let network, network != coreOp.name.joined(with: coreOp.name) else { return all }
        return all.filter { $0.networkName == network }
    }

    /// The streams that carry data into the chip, in the order of the file.
    package func inputStreams(of network: Name? = nil) -> [Layer] {
        layers(coreOp.boundaryInputs, network).flatMap { $0.streams }
    }

    package func outputStreams(of network: Name? = nil) -> [Layer] {
        layers(coreOp.boundaryOutputs, network).flatMap { $0.streams }
    }

    // MARK: Tensors

    /// What a user gives to the model, in the order of the file.
    package func inputs(of network: Name? = nil) -> [Tensor] {
        layers(coreOp.boundaryInputs, network).flatMap { Tensor.tensors(of: $0) }
    }

    /// What a user gets from the model, in the order that the file states; what it does not mention comes last.
    package func outputs(of network: Name? = nil) -> [Tensor] {
        var tensors: [Tensor] = []
        var seen: Set<Name> = []
        let consumed = Set(postOps.flatMap { $0.inputs.map { $0.name } })
        for layer in layers(coreOp.boundaryOutputs, network) where !consumed.contains(layer.name) {
            for tensor in Tensor.tensors(of: layer) where seen.insert(tensor.name).inserted { tensors.append(tensor) }
        }
        tensors += postOps.map { $0.output }
        var ranks: [Name: Int] = [:]
        for (rank, name) in sortedOutputs.enumerated() where ranks[name] == nil { ranks[name] = rank }
        let ranked = tensors.enumerated().map { (rank: ranks[$0.element.name] ?? Int.max, place: $0.offset) }
        return ranked.ordered { $0 < $1 }.map { tensors[$0.place] }
    }

    // MARK: Names

    private var boundaryLayers: [Layer] { coreOp.boundaryInputs + coreOp.boundaryOutputs }

    /// The tensors that a stream's data belongs to.
    package func tensorNames(ofStream stream: Name) -> [Name] {
        if let op = postOps.first(where: { $0.inputs.contains { $0.name == stream } }) { return [op.output.name] }
        for layer in boundaryLayers {
            if case .planes(let planes) = layer.kind, planes.contains(where: { $0.name == stream }) {
                return [layer.name]
            }
            if layer.name == stream { return layer.visibleNames }
        }
        return []
    }

    /// The streams that a tensor's data travels by.
    package func streamNames(ofTensor tensor: Name) -> [Name] {
        if let op = postOps.first(where: { $0.output.name == tensor }) { return op.inputs.map { $0.name } }
        var names: [Name] = []
        for layer in boundaryLayers where layer.visibleNames.contains(tensor) { names += layer.streams.map { $0.name } }
        return names
    }

    /// What the layers of a tensor were called before the compiler came. None for what the host computes.
    package func originalNames(ofTensor tensor: Name) -> [Name] {
        func search(_ layer: Layer) -> [Name]? {
            switch layer.kind {
            case .mux(let predecessors, _, _):
                for predecessor in predecessors { if let found = search(predecessor) { return found } }
                return nil
            case .defused, .single, .planes:
                return layer.name == tensor ? layer.originalNames : nil
            }
        }
        for layer in firstInFile.boundaryInputs + firstInFile.boundaryOutputs {
            if let found = search(layer) { return found }
        }
        return []
    }
}
