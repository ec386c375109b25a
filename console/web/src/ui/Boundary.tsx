import { Component, type ReactNode } from 'react'
import { Failure } from './parts'

/** Boundary keeps a fault of one page from taking the frame with it. A new key begins anew. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children
    return <Failure error={new Error(`This page has a fault: ${this.state.error.message}`)} again={() => this.setState({ error: null })} />
  }
}
